package dev.wellhead.pool;

import java.util.Random;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;

/** Plays the same plans each time, for whoever wants to know whether the model finds a fault. */
final class ModelTrials implements Runnable {
    private static final int PLANS = 2000;
    private static final long SEED = 7;

    @Override
    public void run() {
        JqwikSession.run(() -> {
            RandomGenerator<ModelPlan> plans = ModelPlan.any().generator(1000);
            Random random = new Random(SEED);
            for (int played = 0; played < PLANS; played++) {
                ModelRun.of(plans.next(random).value(), action -> {});
            }
        });
    }
}
