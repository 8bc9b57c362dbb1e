package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Latencies;
import java.util.ArrayDeque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * What callers wait if a connection that comes back is had at once by whoever has waited longest, and each is held as long
 * as connections were held in a run: the simulation of a pool that is fair and costs nothing, on a machine that is as
 * uneven as this one.
 */
final class InTurn {
    private InTurn() {}

    /**
     * Returns the waits.
     *
     * @param holdNanos how long connections were held, in the order of their loans
     */
    static Latencies waits(List<Long> holdNanos, int callers, int connections) {
        Latencies waits = new Latencies();
        PriorityQueue<Long> returns = new PriorityQueue<>();
        for (int i = 0; i < connections; i++) {
            returns.add(0L);
        }
        Queue<Long> asked = new ArrayDeque<>();
        for (int i = 0; i < callers; i++) {
            asked.add(0L);
        }
        // Until everybody has had one, the queue is not as it will be.
        int served = 0;
        for (long hold : holdNanos) {
            long got = returns.remove();
            if (served >= connections) {
                // Whoever gave it back wants one again.
                asked.add(got);
            }
            long wait = got - asked.remove();
            if (served++ >= callers) {
                waits.record(wait);
            }
            returns.add(got + hold);
        }
        return waits;
    }

    /** Returns the lengths of holds that are given by their beginnings and lengths, in the order of their beginnings. */
    static List<Long> inOrder(List<long[]> beginningsAndLengths) {
        return beginningsAndLengths.stream()
                .sorted((one, two) -> Long.compare(one[0], two[0]))
                .map(hold -> hold[1])
                .toList();
    }
}
