package dev.wellhead.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The PostgreSQL programs, those from the archive on the class path, unpacked once, or others; and a freshly initialised data
 * folder to copy, made once: a copy takes a tenth of the time of initdb.
 */
final class PostgresBinaries {
    static final String SUPERUSER = "postgres";

    private final Path installation;
    private final Path template;

    private final int version;

    private PostgresBinaries(Path installation, Path template) throws IOException {
        this.installation = installation;
        this.template = template;
        this.version = Integer.parseInt(
                Files.readString(template.resolve("data").resolve("PG_VERSION")).strip());
    }

    /** Something that can be read again and again. */
    @FunctionalInterface
    private interface Archive {
        InputStream open() throws IOException;
    }

    static PostgresBinaries unpacked() throws IOException {
        return unpacked(() -> open("/" + name()));
    }

    /** Returns those of an artifact that is not on the class path. */
    static PostgresBinaries unpacked(Path jar) throws IOException {
        return unpacked(() -> new URL("jar:" + jar.toUri() + "!/" + name()).openStream());
    }

    private static String name() {
        return "postgres-" + Platform.postgresName() + ".txz";
    }

    private static PostgresBinaries unpacked(Archive archive) throws IOException {
        String key = fingerprint(archive);
        Path installation = WorkDirectory.once("postgres-" + key, folder -> unpack(archive, folder));
        // Without a password, since each server gets one of its own.
        Path template = WorkDirectory.once("postgres-" + key + "-data", folder -> initialise(installation, folder));
        return new PostgresBinaries(installation, template);
    }

    /** Returns those that are installed on this machine. */
    static PostgresBinaries installed(Path installation) throws IOException {
        String name =
                "postgres-" + Integer.toHexString(installation.toAbsolutePath().hashCode());
        return new PostgresBinaries(
                installation, WorkDirectory.once(name + "-data", folder -> initialise(installation, folder)));
    }

    /** Returns the major version. */
    int version() {
        return version;
    }

    /** Copies the initialised folder to a new place. */
    void copyData(Path target) throws IOException {
        WorkDirectory.copy(template.resolve("data"), target);
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
    }

    /** Returns the command that runs one of the programs, as a user that PostgreSQL accepts. */
    List<String> command(String program, String... arguments) {
        return command(installation, program, arguments);
    }

    private static List<String> command(Path installation, String program, String... arguments) {
        List<String> command = new ArrayList<>(Platform.asNonRoot());
        command.add(installation.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static void initialise(Path installation, Path folder) throws IOException {
        ServerProcess.run(
                "initdb",
                folder,
                command(
                        installation,
                        "initdb",
                        "--pgdata=" + folder.resolve("data"),
                        "--username=" + SUPERUSER,
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--no-locale",
                        "--no-sync"));
    }

    private static String fingerprint(Archive archive) throws IOException {
        try (InputStream in = archive.open()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    private static InputStream open(String archive) throws IOException {
        InputStream in = PostgresBinaries.class.getResourceAsStream(archive);
        if (in == null) {
            throw new IOException("no PostgreSQL for this platform on the class path (looked for " + archive
                    + "); give a server of your own: -Dwellhead.test.postgres.url=jdbc:postgresql://...");
        }
        return in;
    }

    private static void unpack(Archive archive, Path folder) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive.open())))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("archive leads out of its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isSymbolicLink()) {
                    Files.createDirectories(target.getParent());
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(tar, target);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }
}
