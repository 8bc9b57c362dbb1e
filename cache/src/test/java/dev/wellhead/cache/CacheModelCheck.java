package dev.wellhead.cache;

import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.LongStream;

/** Runs the model with so many seeds, of the cache whose classes this one was loaded with. */
final class CacheModelCheck implements Runnable {
    private static final int SEEDS = 1500;
    // Each has found a fault that few others find.
    private static final long[] FINDERS = {245, 350, 4627, 5257};

    @Override
    public void run() {
        BiFunction<Long, int[], String> model = SimulatedLoader.model(CacheModelCheck.class);
        long[] order = LongStream.concat(LongStream.of(FINDERS), LongStream.rangeClosed(1, SEEDS))
                .toArray();
        for (long seed : order) {
            String wrong = model.apply(seed, steps(seed));
            if (wrong != null) {
                throw new AssertionError("seed " + seed + ": " + wrong);
            }
        }
    }

    static int[] steps(long seed) {
        Random random = new Random(~seed);
        return random.ints(5L + random.nextInt(36), 0, Integer.MAX_VALUE).toArray();
    }
}
