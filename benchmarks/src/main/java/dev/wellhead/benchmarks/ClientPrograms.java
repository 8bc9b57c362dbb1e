package dev.wellhead.benchmarks;

import dev.wellhead.testkit.InstalledPostgres;
import dev.wellhead.testkit.PostgresServer;
import java.io.IOException;
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

    /** Returns those of this machine, if it has any. */
    static Optional<ClientPrograms> installed() {
        return InstalledPostgres.find().map(found -> new ClientPrograms(found.programs(), found.version()));
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
}
