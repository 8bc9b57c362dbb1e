package dev.wellhead.cli;

import dev.wellhead.core.Ticker;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What {@code java -jar wellhead-cli.jar} runs. */
public final class Main {
    private static final Duration CLEANING_UP = Duration.ofSeconds(10);
    private static final String LOG_LEVEL = "--log-level";

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        List<String> words = List.of(arguments);
        setLogLevel(words);
        Interruption interruption = new Interruption(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::begin, "wellhead-cli-interrupt"));
        int code = Cli.run(words, surroundings());
        interruption.over();
        System.exit(code);
    }

    private static Surroundings surroundings() {
        // JSON is UTF-8 whatever the locale; a terminal that is not is rare by now.
        return new Surroundings(
                Terminals.environment(System.getenv()),
                Path.of(System.getProperty("wellhead.directory", "")).toAbsolutePath(),
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                Terminals.is(1),
                Terminals.is(2),
                Terminals::askPassword,
                Clock.systemUTC(),
                Ticker.system());
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** Before there is any logger. Whether the level exists is said later, with all else that is wrong. */
    private static void setLogLevel(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith(LOG_LEVEL + "=")) {
                System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", word.substring(LOG_LEVEL.length() + 1));
            } else if (word.equals(LOG_LEVEL) && i + 1 < words.size()) {
                System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", words.get(i + 1));
            }
        }
    }

    /** Ctrl-C and SIGTERM: the command is interrupted, and has a moment to take away what it has begun. */
    private static final class Interruption {
        private final Thread worker;
        private final AtomicBoolean over = new AtomicBoolean();
        private final CountDownLatch ended = new CountDownLatch(1);

        Interruption(Thread worker) {
            this.worker = worker;
        }

        void begin() {
            if (over.get()) {
                return;
            }
            worker.interrupt();
            try {
                if (!ended.await(CLEANING_UP.toNanos(), TimeUnit.NANOSECONDS)) {
                    System.err.println("wellhead: interrupted, and ends without having cleaned up");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void over() {
            over.set(true);
            ended.countDown();
        }
    }
}
