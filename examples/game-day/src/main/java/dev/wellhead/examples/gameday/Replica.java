package dev.wellhead.examples.gameday;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One process of the service. It ends with this JVM at the latest, whose death it sees by its standard input. Thread-safe. */
final class Replica {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final Process process;
    private final Path log;
    // 0 until known; written by whoever looks first, always to the same.
    private volatile int port;
    private volatile int faultPort;

    private Replica(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts one.
     *
     * @param launcher the program and its first arguments by which the JVM is launched; empty for none
     * @param environment the settings, secrets among them: a command line would show them to all
     */
    static Replica start(String name, List<String> launcher, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-Djava.io.tmpdir=" + absolute(System.getProperty("java.io.tmpdir"))));
        command.addAll(List.of("-cp", classPath(), ReplicaMain.class.getName()));
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment()
                    .keySet()
                    .removeAll(List.of("DATABASE_PASSWORD_FILE", "REDIS_PASSWORD_FILE", "MIGRATIONS_DIR", "HOST"));
            builder.environment().putAll(environment);
            return new Replica(name, builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    /** The child may be launched in another folder. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Replica::absolute)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().toString();
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    Path log() {
        return log;
    }

    /** Returns its port; empty while it does not listen yet. */
    OptionalInt port() {
        if (port == 0) {
            port = portIn("prediction-service listens on ");
        }
        return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
    }

    /**
     * Returns the port at which it can be harmed.
     *
     * @throws IllegalStateException if it does not listen there
     */
    int faultPort() {
        if (faultPort == 0) {
            Waiting.require(name + " to take faults", Duration.ofSeconds(30), () -> portIn(ReplicaMain.FAULTS) != 0);
            faultPort = portIn(ReplicaMain.FAULTS);
        }
        return faultPort;
    }

    private int portIn(String message) {
        return LogLine.since(Instant.EPOCH, log).stream()
                .map(LogLine::message)
                .filter(line -> line.startsWith(message))
                .mapToInt(line -> URI.create(line.substring(message.length())).getPort())
                .findFirst()
                .orElse(0);
    }

    /** Returns the status of the answer; 0 if there is none. */
    int status(String path) {
        OptionalInt at = port();
        return at.isEmpty() ? 0 : Http.get(at.getAsInt(), path).status();
    }

    /** Returns whether it came to be ready in time, and did not end. */
    boolean awaitReady(Duration patience) {
        return Waiting.until(patience, () -> !isAlive() || status("/health/ready") == 200) && isAlive();
    }

    /** Returns the end of its log. */
    String lastLines() {
        List<LogLine> lines = LogLine.since(Instant.EPOCH, log);
        return lines.subList(Math.max(0, lines.size() - 5), lines.size()).stream()
                .map(line -> line.level() + " " + line.message())
                .collect(Collectors.joining("\n"));
    }

    Metrics metrics() {
        OptionalInt at = port();
        return new Metrics(
                at.isEmpty() ? "" : Http.get(at.getAsInt(), "/metrics").body());
    }

    /** Asks it to end in order, and returns the exit code. */
    int stop() {
        // Process.destroy() would close its standard input, which tells it that this JVM has died.
        process.toHandle().destroy();
        return awaitEnd();
    }

    /** Kill -9; returns when it has gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    private int awaitEnd() {
        try {
            if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(name + " did not end within " + STOP_PATIENCE);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}
