package dev.wellhead.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A child process and its children, that can be asked to stop, killed, paused and resumed. */
final class ServerProcess {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final String name;
    private final Path log;
    private final Process process;

    private ServerProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    static ServerProcess start(String name, Path directory, Path log, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Reaper.watch(process.pid());
            process.getOutputStream().close();
            return new ServerProcess(name, log, process);
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": cannot start " + command.get(0), e);
        }
    }

    /** Runs a program to its end; throws with its output if it fails. */
    static void run(String name, Path directory, List<String> command) throws IOException {
        Path output = Files.createTempFile(directory, name, ".log");
        ServerProcess run = start(name, directory, output, command);
        try {
            if (run.process.waitFor() != 0) {
                throw new IOException(name + " failed: " + run.lastLines());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            run.kill();
            throw new IOException(name + " interrupted", e);
        } finally {
            Reaper.forget(run.process.pid());
            Files.deleteIfExists(output);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Waits for the process to end, at most this long; returns whether it did. */
    boolean awaitEnd(Duration patience) {
        try {
            return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + ": interrupted", e);
        }
    }

    /** Sends the signal for an orderly end, and kills what has not gone after a while. */
    void stop(String signal) {
        if (!process.isAlive()) {
            Reaper.forget(process.pid());
            return;
        }
        signal("CONT", family());
        signal(signal, List.of(process.pid()));
        if (!awaitEnd(STOP_PATIENCE)) {
            kill();
        }
        Reaper.forget(process.pid());
    }

    /** Kill -9 to the process and all its children; returns when they have gone. */
    void kill() {
        List<ProcessHandle> children = process.descendants().collect(Collectors.toList());
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(STOP_PATIENCE);
        awaitEnd(children);
        Reaper.forget(process.pid());
    }

    // They are not our children but the server's: the JDK would look at each of them every 0.3 s.
    private void awaitEnd(List<ProcessHandle> children) {
        long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
        for (ProcessHandle child : children) {
            while (child.isAlive()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException(name + ": process " + child.pid() + " outlives its kill");
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    /** SIGSTOP to the process, then to its children: connections stay open and nothing answers. */
    void pause() {
        signal("STOP", List.of(process.pid()));
        signal("STOP", family());
    }

    /** Undoes {@link #pause()}. */
    void resume() {
        List<Long> family = family();
        Collections.reverse(family);
        signal("CONT", family);
    }

    String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    private List<Long> family() {
        List<Long> pids = new ArrayList<>();
        pids.add(process.pid());
        process.descendants().map(ProcessHandle::pid).forEach(pids::add);
        return pids;
    }

    private void signal(String signal, List<Long> pids) {
        String list = pids.stream().map(String::valueOf).collect(Collectors.joining(" "));
        try {
            // A shell's own kill: a small machine may lack the program. A child that has just gone is no failure.
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + list)
                    .redirectErrorStream(true)
                    .start();
            kill.getInputStream().transferTo(OutputStream.nullOutputStream());
            kill.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": cannot send " + signal, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + ": interrupted", e);
        }
    }
}
