package dev.wellhead.pool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Every schedule with one switch of threads at any step, then with two, for each thread to begin with; where these are
 * more than the bound, as many of them at random, always the same ones. Only in code of {@link InterleavingLoader}. Knows
 * no weak memory: for that there is {@link RealCrossing}.
 */
final class SteppedCrossing implements Crossing {
    private final int bound;
    private int first;
    private List<Integer> switches = List.of();
    private int threads;
    private int steps;

    /**
     * @param bound the most schedules with two switches for two threads, of which each begins; fewer for more threads
     */
    SteppedCrossing(int bound) {
        this.bound = bound;
    }

    @Override
    public void repeat(Runnable scenario) {
        first = 0;
        do {
            run(scenario, List.of());
            int alone = steps;
            for (int one = 1; one <= alone; one++) {
                run(scenario, List.of(one));
            }
            for (List<Integer> two : pairs(alone)) {
                run(scenario, two);
            }
            first++;
        } while (first < threads);
    }

    private List<List<Integer>> pairs(int alone) {
        List<List<Integer>> pairs = new ArrayList<>();
        // After the first switch there are about as many steps again.
        int last = alone + alone / 2;
        for (int one = 1; one <= alone; one++) {
            for (int two = one + 1; two <= last; two++) {
                pairs.add(List.of(one, two));
            }
        }
        // Each thread more costs more switches, and begins once more.
        int most = bound / ((threads - 1) * (threads - 1));
        if (pairs.size() > most) {
            Collections.shuffle(pairs, new Random(7));
            return pairs.subList(0, most);
        }
        return pairs;
    }

    private void run(Runnable scenario, List<Integer> at) {
        switches = at;
        try {
            scenario.run();
        } catch (AssertionError e) {
            throw new AssertionError(
                    "thread " + first + " first, switches before steps " + at + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void together(Runnable... parts) {
        threads = parts.length;
        steps = Interleaving.run(first, switches, parts);
    }
}
