package dev.wellhead.cache;

import java.util.Random;
import java.util.function.BiFunction;

/** Runs the model with so many seeds, of the cache whose classes this one was loaded with. */
final class CacheModelCheck implements Runnable {
    static final int SEEDS = 1500;

    @Override
    public void run() {
        BiFunction<Long, int[], String> model = SimulatedLoader.model(CacheModelCheck.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
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
