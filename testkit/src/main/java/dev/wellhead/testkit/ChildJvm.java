package dev.wellhead.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM with the same class path as this one, to be killed at a chosen moment: the child prints a line where it
 * stands, the test waits for the line and kills it. Ended with the test's JVM at the latest. Thread-safe.
 */
public final class ChildJvm implements AutoCloseable {
    private static final Duration OUTPUT_PATIENCE = Duration.ofSeconds(5);

    private final Process process;
    private final ReentrantLock outputLock = new ReentrantLock();
    private final Condition grown = outputLock.newCondition();
    // Guarded by outputLock.
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    private ChildJvm(Process process) {
        this.process = process;
    }

    /** Starts the main method of a class; standard error is merged into the output. */
    public static ChildJvm start(Class<?> main, String... arguments) {
        return start(Map.of(), main, arguments);
    }

    /** The same with more environment variables than this JVM has. */
    public static ChildJvm start(Map<String, String> environment, Class<?> main, String... arguments) {
        return start(List.of(), environment, main, arguments);
    }

    /**
     * The same by another program, which is to become the JVM.
     *
     * @param launcher the program and its first arguments; the command follows as further ones
     */
    public static ChildJvm start(
            List<String> launcher, Map<String, String> environment, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.add("-Dwellhead.testkit.dir=" + WorkDirectory.root());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            Reaper.watch(process.pid());
            ChildJvm child = new ChildJvm(process);
            Thread reader = new Thread(child::read, "child-jvm-" + process.pid() + "-output");
            reader.setDaemon(true);
            reader.start();
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a JVM for " + main.getName(), e);
        }
    }

    /**
     * Waits until the child has printed a line that contains this text, and returns the first such line.
     *
     * @throws AssertionError if it ended or the time passed without one; the message holds what it printed
     */
    public String awaitLine(String text, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        outputLock.lock();
        try {
            int seen = 0;
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (lines.get(seen).contains(text)) {
                        return lines.get(seen);
                    }
                }
                if (ended || grown.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    throw new AssertionError("no line with '" + text + "' "
                            + (ended ? "before the child ended" : "within " + patience) + "; it printed:\n"
                            + String.join("\n", lines));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            outputLock.unlock();
        }
    }

    /** Kill -9; returns when the child has gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(20));
    }

    /**
     * Waits for the child to end and returns its exit code.
     *
     * @throws AssertionError if it has not ended by then; the message holds what it printed
     */
    public int awaitExit(Duration patience) {
        try {
            if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("child still runs after " + patience + "; it printed:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        Reaper.forget(process.pid());
        awaitOutput();
        return process.exitValue();
    }

    /** What was printed last may still be in the pipe. A grandchild that holds it open is not waited for. */
    private void awaitOutput() {
        outputLock.lock();
        try {
            long left = OUTPUT_PATIENCE.toNanos();
            while (!ended && left > 0) {
                left = grown.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            outputLock.unlock();
        }
    }

    /** Returns the child's process id. */
    public long pid() {
        return process.pid();
    }

    /** Returns everything that the child has printed so far. */
    public String output() {
        outputLock.lock();
        try {
            return String.join("\n", lines);
        } finally {
            outputLock.unlock();
        }
    }

    /** Kills the child if it still runs. */
    @Override
    public void close() {
        kill();
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                append(line, false);
            }
        } catch (IOException e) {
            append("(output broke off: " + e + ")", false);
        } finally {
            append(null, true);
        }
    }

    private void append(@Nullable String line, boolean end) {
        outputLock.lock();
        try {
            if (line != null) {
                lines.add(line);
            }
            ended |= end;
            grown.signalAll();
        } finally {
            outputLock.unlock();
        }
    }
}
