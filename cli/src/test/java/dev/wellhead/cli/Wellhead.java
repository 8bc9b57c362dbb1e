package dev.wellhead.cli;

import dev.wellhead.core.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the program, in this JVM with streams of its own, or as a process. Each call of {@link #with} returns a copy. */
final class Wellhead {
    private final Path directory;
    private final Map<String, String> environment;
    private boolean outIsTerminal;
    private boolean errIsTerminal;
    private PasswordPrompt prompt = question -> null;
    private Clock clock = Clock.systemUTC();

    private Wellhead(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    /** What a run left. */
    record Outcome(int code, String out, String err) {
        String all() {
            return out + err;
        }
    }

    static Wellhead in(Path directory) {
        return new Wellhead(directory, Map.of());
    }

    Wellhead with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        Wellhead copy = new Wellhead(directory, more);
        copy.outIsTerminal = outIsTerminal;
        copy.errIsTerminal = errIsTerminal;
        copy.prompt = prompt;
        copy.clock = clock;
        return copy;
    }

    Wellhead onTerminal(boolean out, boolean err) {
        Wellhead copy = with("TERM", "xterm");
        copy.outIsTerminal = out;
        copy.errIsTerminal = err;
        return copy;
    }

    Wellhead prompting(PasswordPrompt answer) {
        Wellhead copy = with("TERM", "xterm");
        copy.prompt = answer;
        return copy;
    }

    Wellhead at(Clock time) {
        Wellhead copy = with("TERM", "xterm");
        copy.clock = time;
        return copy;
    }

    Outcome run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Cli.run(
                List.of(arguments),
                new Surroundings(
                        environment,
                        directory,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        outIsTerminal,
                        errIsTerminal,
                        prompt,
                        clock,
                        Ticker.system()));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Starts the same as a process of its own. */
    Process start(String... arguments) {
        return start(command(arguments));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Returns the same as a line for a shell. */
    static String line(String... arguments) {
        return String.join(
                " ", command(arguments).stream().map(word -> "'" + word + "'").toList());
    }

    Process start(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.startsWith("WELLHEAD_") || name.startsWith("PG") || name.equals("COLUMNS"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Outcome process(String... arguments) {
        return outcome(start(arguments));
    }

    /** Waits for the end. What it prints fits into the pipes. */
    static Outcome outcome(Process process) {
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running; it printed " + out + err);
            }
            return new Outcome(process.exitValue(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    }
}
