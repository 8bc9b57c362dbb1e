package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where PostgreSQL's client programs are, as {@code pg_dump}. They are looked for when they are needed, and must be of the
 * server's major version or a newer one. Immutable and thread-safe.
 */
public final class ClientPrograms {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    private static final long PATIENCE_SECONDS = 60;

    private final @Nullable Path folder;

    private ClientPrograms(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Returns those in this folder, as {@code /usr/lib/postgresql/18/bin}. */
    public static ClientPrograms at(Path folder) {
        return new ClientPrograms(folder.toAbsolutePath());
    }

    /** Returns those that a shell would find: in the folders of the environment variable {@code PATH}, in their order. */
    public static ClientPrograms onPath() {
        return new ClientPrograms(null);
    }

    /**
     * Returns a program for the connection's server.
     *
     * @throws BackupException if there is none, or it is older than the server
     */
    Path requireFor(Connection connection, String program) throws SQLException, IOException {
        int server = Integer.parseInt(PostgresSession.queryOne(connection, "show server_version_num")) / 10_000;
        return require(program, server, "the server is PostgreSQL " + server);
    }

    /**
     * Returns a program that is not older than this major version.
     *
     * @param why says what is of that version
     * @throws BackupException if there is none, or it is older
     */
    Path require(String program, int oldest, String why) throws IOException {
        Path found = folders()
                .map(place -> place.resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new BackupException(
                        Kind.UNSUPPORTED,
                        "there is no program " + program + " in " + this
                                + "; install PostgreSQL's client programs, or name their folder"));
        int major = major(found);
        if (major < oldest) {
            throw new BackupException(
                    Kind.UNSUPPORTED,
                    found + " is of PostgreSQL " + major + ", and " + why
                            + ", which it cannot know; use client programs of " + oldest + " or newer");
        }
        return found;
    }

    private Stream<Path> folders() {
        if (folder != null) {
            return Stream.of(folder);
        }
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Stream.of(path.split(Pattern.quote(File.pathSeparator), -1))
                .filter(place -> !place.isEmpty())
                .map(Path::of);
    }

    /** Returns the major version that a program tells. */
    static int major(Path program) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(program.toString(), "--version")).redirectErrorStream(true);
        ClientRun.strip(builder.environment());
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(program + " did not tell its version within " + PATIENCE_SECONDS + " s");
            }
            // A line, which the pipe holds until it is read.
            String answer = new String(process.getInputStream().readNBytes(1_000), StandardCharsets.UTF_8);
            Matcher version = VERSION.matcher(answer);
            if (process.exitValue() != 0 || !version.find()) {
                throw new IOException(program + " --version ended with status " + process.exitValue() + " and said '"
                        + answer.strip() + "', which is no version of PostgreSQL");
            }
            return Integer.parseInt(version.group(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException("interrupted while " + program + " told its version").initCause(e);
        } finally {
            ClientRun.end(process);
        }
    }

    @Override
    public String toString() {
        return folder == null ? "the folders of PATH" : "folder " + folder;
    }
}
