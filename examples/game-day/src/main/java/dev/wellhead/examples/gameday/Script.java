package dev.wellhead.examples.gameday;

import dev.wellhead.examples.gameday.Report.Played;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Plays scenes one after the other, each with a look before and after. For one thread. */
final class Script {
    private static final Duration RECOVERY_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CALM_PATIENCE = Duration.ofSeconds(30);
    private static final Duration CALM = Duration.ofMillis(300);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(6);

    private final Fleet fleet;
    private final Balancer balancer;
    private final Load load;
    private final Samples samples;
    private final Timing timing;
    private final PrintStream out;

    Script(Fleet fleet, Balancer balancer, Load load, Samples samples, Timing timing, PrintStream out) {
        this.fleet = fleet;
        this.balancer = balancer;
        this.load = load;
        this.samples = samples;
        this.timing = timing;
        this.out = out;
    }

    /** Returns all scenes, in the order of the day. */
    static List<Scene> scenes() {
        return List.of(
                RedisAway.killed(),
                RedisAway.hung(),
                new PostgresRestarted(),
                new KilledMidMigration(),
                new Leak(),
                new SlowQueries(),
                new DiskFull());
    }

    List<Played> play(List<Scene> scenes) {
        List<Played> day = new ArrayList<>();
        for (Scene scene : scenes) {
            Outcome outcome = play(scene);
            day.add(new Played(scene, outcome));
            out.printf(
                    Locale.ROOT,
                    "%s  %s: %d of %d requests failed, p99 %.0f ms, all up again after %s%n",
                    outcome.isGood() ? "ok  " : "FAIL",
                    scene.title(),
                    outcome.during().failed(),
                    outcome.during().requests(),
                    outcome.during().p99(),
                    outcome.readyAgain().map(time -> time.toMillis() + " ms").orElse("more than 60 s"));
            outcome.findings().stream()
                    .filter(finding -> !finding.seen())
                    .forEach(finding -> out.println("      not seen: " + finding.text()));
        }
        return day;
    }

    private boolean isCalm() {
        long now = System.nanoTime();
        return load.isAnsweredBefore(now - CALM.toNanos())
                && samples.summary(now - CALM.multipliedBy(3).toNanos(), now).failed() == 0;
    }

    private Outcome play(Scene scene) {
        Waiting.require("all replicas to be up", RECOVERY_PATIENCE, () -> balancer.all("up"));
        // What the scene before, or a cold start, has left in queues is not this one's.
        Waiting.until(CALM_PATIENCE, this::isCalm);
        long begun = System.nanoTime();
        Waiting.pause(timing.before());
        Stage stage = new Stage(fleet, balancer, timing, Clock.systemUTC());
        long broken = System.nanoTime();
        scene.play(stage);
        long mended = System.nanoTime();
        boolean recovered = Waiting.until(RECOVERY_PATIENCE, () -> balancer.all("up"));
        long up = System.nanoTime();
        Waiting.pause(timing.after());
        long end = System.nanoTime();
        Waiting.until(ANSWER_PATIENCE, () -> load.isAnsweredBefore(end));
        scene.lookBack(stage);
        return new Outcome(
                samples.summary(begun, broken),
                samples.summary(broken, up),
                samples.summary(up, end),
                recovered ? Optional.of(Duration.ofNanos(up - mended)) : Optional.empty(),
                stage.findings());
    }
}
