package dev.wellhead.benchmarks;

import java.util.List;

/**
 * One question put to several contenders, and the goals that the answers are judged by.
 *
 * @param name unique in its set
 * @param contenders who is measured in each round
 * @param goals what is judged, from figures of these contenders only
 * @param leastFeature the oldest JDK that it can be measured on, 17 or a newer one
 */
record Scenario(String name, List<Contender> contenders, List<Goal> goals, int leastFeature) {
    private static final int OLDEST = 17;

    Scenario {
        contenders = List.copyOf(contenders);
        goals = List.copyOf(goals);
        if (contenders.stream().map(Contender::name).distinct().count() != contenders.size()) {
            throw new IllegalArgumentException("scenario '" + name + "': two contenders of the same name");
        }
    }

    /** A scenario for every JDK. */
    Scenario(String name, List<Contender> contenders, List<Goal> goals) {
        this(name, contenders, goals, OLDEST);
    }

    /** Returns whether it can be measured there. */
    boolean runsOn(Jdk jdk) {
        return jdk.feature() >= leastFeature;
    }
}
