package dev.wellhead.benchmarks;

import dev.wellhead.testkit.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * PostgreSQL's own programs, if this machine has them and the server of the same installation: a client only dumps servers
 * that are not newer than itself.
 *
 * @param folder with {@code pg_dump}, {@code pg_restore} and {@code postgres}
 * @param version as {@code pg_dump} tells it
 */
record ClientPrograms(Path folder, String version) {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final List<String> NEEDED = List.of("pg_dump", "pg_restore", "postgres", "initdb");

    /** Looks where {@code pg_config} on the path says. */
    static Optional<ClientPrograms> installed() throws InterruptedException {
        try {
            Path folder = Path.of(output("pg_config", "--bindir"));
            if (NEEDED.stream().allMatch(name -> Files.isExecutable(folder.resolve(name)))) {
                return Optional.of(new ClientPrograms(
                        folder, output(folder.resolve("pg_dump").toString(), "--version")));
            }
            return Optional.empty();
        } catch (IOException e) {
            // Not installed.
            return Optional.empty();
        }
    }

    /** Returns where the server's programs are, with {@code bin} in it. */
    Path installation() {
        return folder.resolveSibling("");
    }

    /**
     * Runs one of them against a database and returns how long it took, in milliseconds.
     *
     * @throws BenchmarkException if it did not end well
     */
    double run(PostgresServer server, String program, List<String> arguments)
            throws BenchmarkException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                folder.resolve(program).toString(),
                "--host=" + server.host(),
                "--port=" + server.port(),
                "--username=" + server.user()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", server.password());
        try {
            Path output = Files.createTempFile("client-", ".out");
            try {
                return run(builder.redirectOutput(output.toFile()), output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new BenchmarkException(program + " cannot be run: " + e.getMessage(), e);
        }
    }

    private static double run(ProcessBuilder builder, Path output)
            throws BenchmarkException, InterruptedException, IOException {
        long began = System.nanoTime();
        Process process = builder.start();
        try {
            if (!process.waitFor(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new BenchmarkException(builder.command() + " did not end within " + TIMEOUT);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        long nanos = System.nanoTime() - began;
        if (process.exitValue() != 0) {
            throw new BenchmarkException(builder.command() + " ended with exit code " + process.exitValue() + ": "
                    + Files.readString(output));
        }
        return nanos / 1e6;
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8).trim();
            if (process.waitFor() != 0) {
                throw new IOException(command[0] + ": " + text);
            }
            return text;
        }
    }
}
