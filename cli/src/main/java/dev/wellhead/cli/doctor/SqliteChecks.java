package dev.wellhead.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What an SQLite database and a connection as of the service say. Only reads. */
public final class SqliteChecks {
    private static final Pattern NETWORK =
            Pattern.compile("nfs\\d?|cifs|smb\\w*|afs|9p|ncpfs|fuse\\.(sshfs|s3fs|glusterfs)");

    private SqliteChecks() {}

    /**
     * Makes all checks.
     *
     * @param connection opened as the service opens it
     */
    public static void examine(Examination examination, Connection connection, Path file) throws SQLException {
        String journal = pragma(connection, "journal_mode");
        examination.check(
                Rule.SQLITE_NO_WAL,
                !journal.equalsIgnoreCase("wal"),
                "journal_mode",
                "journal_mode = " + journal,
                "pragma journal_mode = wal, once: the file keeps it; SqliteDatabase.open does it");
        String synchronous = pragma(connection, "synchronous");
        examination.check(
                Rule.SQLITE_SYNCHRONOUS_OFF,
                synchronous.equals("0"),
                "synchronous",
                "synchronous = off",
                "take synchronous=OFF out of the URL; NORMAL is safe in WAL mode, FULL also keeps the last commits");
        examination.check(
                Rule.SQLITE_FOREIGN_KEYS,
                pragma(connection, "foreign_keys").equals("0"),
                "foreign_keys",
                "foreign_keys = off",
                "add foreign_keys=true to the URL, after pragma foreign_key_check is clean");
        examination.check(
                Rule.SQLITE_NO_BUSY_TIMEOUT,
                pragma(connection, "busy_timeout").equals("0"),
                "busy_timeout",
                "busy_timeout = 0",
                "add busy_timeout=5000 to the URL, in milliseconds");
        examineFile(examination, file);
    }

    private static void examineFile(Examination examination, Path file) {
        try {
            examineStore(examination, file, Files.getFileStore(file).type());
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
                examination.check(
                        Rule.SQLITE_OPEN_FILE,
                        mode.contains(PosixFilePermission.OTHERS_READ)
                                || mode.contains(PosixFilePermission.OTHERS_WRITE),
                        file.toString(),
                        "its mode is " + PosixFilePermissions.toString(mode),
                        "chmod 600 (or 660 for a group), the same for the files ending in -wal and -shm; umask 077 for the"
                                + " service");
            }
        } catch (IOException e) {
            examination.skipped(
                    Rule.SQLITE_OPEN_FILE,
                    "its mode cannot be read: " + e.getClass().getSimpleName());
        }
    }

    /** Looks at what kind of file system a file is on. */
    static void examineStore(Examination examination, Path file, String type) {
        examination.check(
                Rule.SQLITE_ON_NETWORK,
                NETWORK.matcher(type.toLowerCase(Locale.ROOT)).matches(),
                file.toString(),
                "its file system is " + type,
                "move it to a disk of the machine; for several machines use PostgreSQL");
    }

    private static String pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("pragma " + name)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }
}
