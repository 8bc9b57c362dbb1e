package dev.wellhead.examples.demo;

import dev.wellhead.console.Console;
import dev.wellhead.examples.prediction.PredictionService;
import dev.wellhead.examples.prediction.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;

/** Starts everything and waits for Ctrl-C, or drives it with a script and ends. */
public final class Demo {
    private static final String USAGE = """
            usage: ./demo [--check] [--sqlite]

              (nothing)  starts PostgreSQL, Redis and the prediction service, and waits for Ctrl-C
              --check    starts the same, drives it with scripted requests, and ends with 0 or 1;
                         rolls the last migration back and applies it again: never on data that you need
              --sqlite   no server at all: a SQLite file, a local cache, an in-memory limiter

            environment:
              PORT               the port on 127.0.0.1, 8080 by default
              DATABASE_URL       postgresql://user:secret@host:5432/database: your own instead of ours
              REDIS_URL          redis://:secret@host:6379/0: your own instead of ours
              WELLHEAD_DEMO_DIR  where servers unpack and keep their data, target/testkit by default
            """;
    private static final Set<String> FLAGS = Set.of("--check", "--sqlite", "--help");

    private Demo() {}

    /** Exit code 0 if all went well, 1 if not, with one line on standard error for a user's mistake. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
    }

    private static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err)
            throws InterruptedException {
        Set<String> unknown = new TreeSet<>(arguments);
        unknown.removeAll(FLAGS);
        if (!unknown.isEmpty()) {
            err.println("demo: no such option: " + String.join(" ", unknown) + "; see ./demo --help");
            return 1;
        }
        if (arguments.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        if (environment.containsKey("WELLHEAD_DEMO_DIR")) {
            System.setProperty("wellhead.testkit.dir", environment.get("WELLHEAD_DEMO_DIR"));
        }
        try {
            boolean sqlite = arguments.contains("--sqlite");
            return arguments.contains("--check") ? check(environment, sqlite, out) : serve(environment, sqlite, out);
        } catch (SettingsException e) {
            err.println("demo: " + e.getMessage());
        } catch (RuntimeException e) {
            err.println("demo: " + Mistakes.explain(e));
            if (environment.containsKey("WELLHEAD_DEMO_TRACE")) {
                e.printStackTrace(err);
            }
        }
        return 1;
    }

    private static int check(Map<String, String> environment, boolean sqlite, PrintStream out) {
        try (Stage stage = Stage.open(environment, sqlite, true, out);
                PredictionService service = stage.startService()) {
            return new Check(stage, service, out).run() ? 0 : 1;
        }
    }

    private static int serve(Map<String, String> environment, boolean sqlite, PrintStream out)
            throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        // Ctrl-C: the JVM waits for its hooks, so the hook waits until everything has stopped.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop.countDown();
                            awaitQuietly(stopped);
                        },
                        "demo-shutdown"));
        try (Stage stage = Stage.open(environment, sqlite, false, out);
                PredictionService service = stage.startService();
                Console console = service.console().build()) {
            stage.welcome(service.port(), start(console));
            stop.await();
            out.println("stopping");
        } finally {
            if (stop.getCount() == 0) {
                out.println("stopped; nothing is left running");
            }
            stopped.countDown();
        }
        return 0;
    }

    private static URI start(Console console) {
        try {
            return console.start(0);
        } catch (IOException e) {
            throw new UncheckedIOException("the console has no port to listen on (" + e.getMessage() + ")", e);
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
