package dev.wellhead.ratelimit;

/** Runs the model with so many seeds, of the denials whose classes this one was loaded with. */
final class DenialsCheck implements Runnable {
    private static final int SEEDS = 20_000;

    @Override
    public void run() {
        long denied = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            DenialsModel model = new DenialsModel(seed);
            String wrong = model.run();
            if (wrong != null) {
                throw new AssertionError("seed " + seed + ": " + wrong);
            }
            denied += model.denied();
        }
        if (denied < SEEDS / 2) {
            throw new AssertionError("only " + denied + " denials in " + SEEDS + " runs: nothing was proved");
        }
    }
}
