package dev.wellhead.backup;

import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.core.Redaction;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.ConnectionDetails;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/**
 * Runs client programs that connect as a {@link DirectDataSource} does. What is secret goes by a file that only this user
 * can read: everybody may see the arguments of a program, and its environment is inherited. For one thread.
 */
final class ClientRun {
    private static final long LOOK_MILLIS = 1_000;
    private static final int MOST_WORDS = 2_000;
    private static final Pattern PASSED_ON = Pattern.compile(
            "PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|LD_.*|DYLD_.*|KRB5.*|OPENSSL_CONF|SSL_CERT_.*");

    private final Path folder;
    private final Properties connection;

    /** What is done once a second while a program runs; what it throws ends the program. */
    @FunctionalInterface
    interface Look {
        void take() throws SQLException, IOException;
    }

    /** A program that ended, and says that it has not done what it should. */
    static final class ProgramFailedException extends IOException {
        private static final long serialVersionUID = 1L;

        ProgramFailedException(String message) {
            super(message);
        }
    }

    private ClientRun(Path folder, Properties connection) {
        this.folder = folder;
        this.connection = connection;
    }

    /**
     * Prepares runs.
     *
     * @param folder a private one, for the file with the password and what the programs write
     */
    static ClientRun prepare(DirectDataSource dataSource, Path folder) throws SQLException, IOException {
        ConnectionDetails details = ConnectionDetails.of(dataSource);
        Properties connection = Driver.parseURL(details.url(), details.properties());
        if (connection == null) {
            throw new SQLException("no address for client programs in " + dataSource.url());
        }
        ClientRun run = new ClientRun(folder, connection);
        String password = run.password().replace("\\", "\\\\").replace(":", "\\:");
        try (FileChannel file = PrivateFiles.create(run.passFile())) {
            file.write(ByteBuffer.wrap(("*:*:*:*:" + password + "\n").getBytes(StandardCharsets.UTF_8)));
        }
        return run;
    }

    /**
     * Runs a program to its end, with what it prints in a new file of this name. It has ended when this returns or throws.
     *
     * @throws ProgramFailedException if it ends with any status but 0; says what the program said
     */
    Path run(Path program, List<String> arguments, String output, Look look) throws SQLException, IOException {
        Path printed = folder.resolve(output);
        Path complaints = folder.resolve(output + ".err");
        PrivateFiles.create(printed).close();
        PrivateFiles.create(complaints).close();
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(printed.toFile()).redirectError(complaints.toFile());
        setUp(builder.environment());
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                look.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException("interrupted while " + program + " was running").initCause(e);
        } finally {
            end(process);
        }
        if (process.exitValue() != 0) {
            throw new ProgramFailedException(
                    program + " ended with status " + process.exitValue() + ": " + said(complaints));
        }
        return printed;
    }

    /** Ends a program and what it has started, if they have not ended. */
    static void end(Process process) {
        // The shell script that a program may be hides behind it.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Leaves what a program needs to run. What else the host was told by its environment, passwords too, is nothing to it. */
    static void strip(Map<String, String> environment) {
        environment.keySet().removeIf(name -> !PASSED_ON.matcher(name).matches());
    }

    private void setUp(Map<String, String> environment) {
        strip(environment);
        environment.put("LC_ALL", "C");
        environment.put("PGPASSFILE", passFile().toString());
        environment.put("PGAPPNAME", "wellhead-backup");
        hand(environment, "PGHOST", "PGHOST");
        hand(environment, "PGPORT", "PGPORT");
        hand(environment, "PGDATABASE", "PGDBNAME");
        hand(environment, "PGUSER", "user");
        hand(environment, "PGSSLMODE", "sslmode");
        hand(environment, "PGSSLROOTCERT", "sslrootcert");
        // In URLs addresses of IPv6 are in brackets.
        environment.computeIfPresent("PGHOST", (name, host) -> host.replaceAll("[\\[\\]]", ""));
    }

    private void hand(Map<String, String> environment, String name, String property) {
        String value = connection.getProperty(property);
        if (value != null) {
            environment.put(name, value);
        }
    }

    private Path passFile() {
        return folder.resolve("passfile");
    }

    private String password() {
        return connection.getProperty("password", "");
    }

    private String said(Path complaints) throws IOException {
        byte[] all = Files.readAllBytes(complaints);
        String words = new String(all, StandardCharsets.UTF_8).strip();
        // Redacted before it is cut, or half of a secret could be left.
        String redacted = password().isEmpty() ? words : words.replace(password(), Redaction.MASK);
        return redacted.length() <= MOST_WORDS ? redacted : redacted.substring(0, MOST_WORDS) + "...";
    }
}
