package dev.wellhead.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * PostgreSQL's own client programs, if this machine has them and the server of the same installation: a client only dumps
 * servers that are not newer than itself. Nothing may need it to be there.
 *
 * @param programs the folder with {@code pg_dump}, {@code pg_restore} and {@code postgres}
 * @param version as {@code pg_dump} tells it
 */
public record InstalledPostgres(Path programs, String version) {
    private static final List<String> NEEDED = List.of("pg_dump", "pg_restore", "postgres", "initdb");

    /** Looks where {@code pg_config} on the path says; empty if something is missing there. */
    public static Optional<InstalledPostgres> find() {
        try {
            Path folder = Path.of(output("pg_config", "--bindir"));
            if (NEEDED.stream().allMatch(name -> Files.isExecutable(folder.resolve(name)))) {
                return Optional.of(new InstalledPostgres(
                        folder, output(folder.resolve("pg_dump").toString(), "--version")));
            }
            return Optional.empty();
        } catch (IOException e) {
            // Not installed.
            return Optional.empty();
        }
    }

    /** Returns where the server is, as {@link PostgresServer.Builder#installation} takes it. */
    public Path installation() {
        return programs.resolveSibling("");
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8).trim();
            if (process.waitFor() != 0) {
                throw new IOException(command[0] + ": " + text);
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command[0] + " was running", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
