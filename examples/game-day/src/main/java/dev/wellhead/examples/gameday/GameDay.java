package dev.wellhead.examples.gameday;

import dev.wellhead.examples.gameday.Report.Played;
import dev.wellhead.examples.gameday.Samples.Summary;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** Runs three replicas under load until Ctrl-C, or plays the scripted day and writes its report. */
public final class GameDay {
    private static final String USAGE = """
            usage: ./game-day [--script] [--quick] [--scene NAME]... [--report FILE]

              (nothing)      starts PostgreSQL, Redis, three replicas and a load, and waits for Ctrl-C
              --script       breaks one thing after the other, writes what users saw of it, and ends with 0 or 1
              --quick        shortens every phase, for a look at whether it works; its numbers are no evidence
              --scene NAME   plays this scene only, may be given again: SCENES
              --report FILE  where the report goes, target/game-day.md by default
            """;
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration WARM_UP = Duration.ofSeconds(5);

    private final boolean script;
    private final boolean quick;
    private final List<Scene> scenes;
    private final Path report;
    private final String command;

    private GameDay(List<String> arguments) {
        boolean scripted = false;
        boolean shortened = false;
        Path file = Path.of("target", "game-day.md");
        List<Scene> chosen = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            switch (argument) {
                case "--script" -> scripted = true;
                case "--quick" -> shortened = true;
                case "--report" -> file = Path.of(value(arguments, ++i));
                case "--scene" -> chosen.add(scene(value(arguments, ++i)));
                default -> throw new IllegalArgumentException("no such option: " + argument);
            }
        }
        script = scripted;
        quick = shortened;
        report = file;
        scenes = chosen.isEmpty() ? Script.scenes() : List.copyOf(chosen);
        command = "./game-day --script" + (quick ? " --quick" : "")
                + chosen.stream().map(scene -> " --scene " + scene.name()).collect(Collectors.joining());
    }

    private static String value(List<String> arguments, int at) {
        if (at >= arguments.size()) {
            throw new IllegalArgumentException(arguments.get(at - 1) + " needs a value");
        }
        return arguments.get(at);
    }

    private static Scene scene(String name) {
        return Script.scenes().stream()
                .filter(scene -> scene.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such scene: " + name));
    }

    /** Exit code 0 if all went well, 1 if not, with one line on standard error for a user's mistake. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    private static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help")) {
            out.print(USAGE.replace(
                    "SCENES", Script.scenes().stream().map(Scene::name).collect(Collectors.joining(", "))));
            return 0;
        }
        GameDay day;
        try {
            day = new GameDay(arguments);
        } catch (IllegalArgumentException e) {
            err.println("game-day: " + e.getMessage() + "; see ./game-day --help");
            return 1;
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        // Ctrl-C: the JVM waits for its hooks, so the hook waits until everything has stopped.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            main.interrupt();
                            awaitQuietly(stopped);
                        },
                        "game-day-shutdown"));
        try {
            return day.run(out) ? 0 : 1;
        } catch (CancellationException e) {
            out.println("stopped; nothing is left running");
            return 1;
        } catch (RuntimeException e) {
            err.println("game-day: " + e.getMessage());
            if (System.getenv().containsKey("WELLHEAD_DEMO_TRACE")) {
                e.printStackTrace(err);
            }
            return 1;
        } finally {
            stopped.countDown();
        }
    }

    private boolean run(PrintStream out) {
        Timing timing = quick ? Timing.quick() : Timing.full();
        Samples samples = new Samples();
        long from = System.nanoTime();
        out.println("starting PostgreSQL, Redis and " + Fleet.REPLICAS + " replicas");
        Fleet fleet = Fleet.start(timing);
        try (Balancer balancer = new Balancer(Fleet.REPLICAS, fleet::port)) {
            Traffic traffic = new Traffic(fleet.createUsers());
            Waiting.require("all replicas to be up", Duration.ofSeconds(60), () -> balancer.all("up"));
            try (Load load = new Load(timing.perSecond(), balancer::next, traffic, samples).start()) {
                out.printf(
                        Locale.ROOT,
                        "ready in %.1f s, %d requests a second%n",
                        (System.nanoTime() - from) / 1e9,
                        timing.perSecond());
                return script
                        ? play(new Script(fleet, balancer, load, samples, timing, out), timing, out)
                        : watch(fleet, balancer, samples, out);
            }
        } finally {
            // What ends the day must not keep it from cleaning up.
            boolean interrupted = Thread.interrupted();
            fleet.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean play(Script played, Timing timing, PrintStream out) {
        Waiting.pause(quick ? timing.before() : WARM_UP);
        List<Played> day = played.play(scenes);
        try {
            Path parent = report.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.writeString(report, Report.of(command, timing, day), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + report + " (" + e.getMessage() + ")", e);
        }
        out.println("report: " + report);
        return day.stream().allMatch(one -> one.outcome().isGood());
    }

    private static boolean watch(Fleet fleet, Balancer balancer, Samples samples, PrintStream out) {
        for (int i = 0; i < Fleet.REPLICAS; i++) {
            out.println("  http://127.0.0.1:" + fleet.port(i).orElseThrow() + "/health   /pool   /metrics    "
                    + fleet.replica(i).name() + ", process " + fleet.replica(i).pid());
        }
        out.println("  PostgreSQL on port " + fleet.postgres().port() + ", Redis on port "
                + fleet.redis().port());
        out.println("Ctrl-C stops everything");
        long since = System.nanoTime();
        while (true) {
            long until = since + EVERY.toNanos();
            Waiting.untilNanos(until);
            // A second behind, when nearly all are answered.
            Summary last = samples.summary(
                    since - Duration.ofSeconds(1).toNanos(),
                    until - Duration.ofSeconds(1).toNanos());
            out.printf(
                    Locale.ROOT,
                    "%4d requests, %d failed %s, p50 %.1f ms, p99 %.1f ms; replicas %s, %s, %s%n",
                    last.requests(),
                    last.failed(),
                    last.failures(),
                    last.p50(),
                    last.p99(),
                    balancer.status(0),
                    balancer.status(1),
                    balancer.status(2));
            samples.forgetBefore(since - EVERY.toNanos());
            since = until;
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
