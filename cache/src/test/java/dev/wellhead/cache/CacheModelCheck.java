package dev.wellhead.cache;

import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.LongStream;

/** Runs the model with so many seeds, of the cache whose classes this one was loaded with. */
class CacheModelCheck implements Runnable {
    private static final int SEEDS = 1500;
    // Each has found a fault that few others find.
    private static final long[] FINDERS = {93, 153, 245, 350, 771, 875, 4627, 5257};

    private final int seeds;

    CacheModelCheck() {
        this(SEEDS);
    }

    private CacheModelCheck(int seeds) {
        this.seeds = seeds;
    }

    /** With as many seeds as show that a check can pass here; {@link CacheModelTest} asks more of the cache as it is. */
    static final class Brief extends CacheModelCheck {
        Brief() {
            super(100);
        }
    }

    @Override
    public void run() {
        BiFunction<Long, int[], String> model = SimulatedLoader.model(CacheModelCheck.class);
        long[] order = LongStream.concat(LongStream.of(FINDERS), LongStream.rangeClosed(1, seeds))
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
