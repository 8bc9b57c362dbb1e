package dev.wellhead.cli;

import dev.wellhead.backup.BackupListener;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.ClientPrograms;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.KeyRing;
import dev.wellhead.backup.Retention;
import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the backups of a database are, and how they are made. Filled by the parser. */
final class StoreOptions {
    private static final int HEX_DIGITS_OF_A_KEY = 64;

    @Option(
            names = "--store",
            paramLabel = "FOLDER",
            description = "The folder of this database's backups; made with mode 0700 by the first one.")
    @Nullable Path store;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "Encrypt backups: a file of mode 0600 with a line NAME=KEY for each key, 32 random bytes in base64 or"
                            + " hexadecimal; the first is for new ones.")
    @Nullable Path keyFile;

    @Option(
            names = "--schema-by",
            paramLabel = "WAY",
            description =
                    "How the schema of PostgreSQL gets into a backup: ${COMPLETION-CANDIDATES}. Default: catalogue.")
    @Nullable SchemaBy schemaBy;

    @Option(
            names = "--client-programs",
            paramLabel = "FOLDER",
            description = "Where pg_dump and pg_restore are, if --schema-by names them. Default: PATH.")
    @Nullable Path clientPrograms;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many tables at a time. Default: by the machine, 1 to 4.")
    @Nullable Integer workers;

    @Option(
            names = "--rate",
            paramLabel = "BYTES",
            description = "Copy no faster than this each second, as 20MB. Default: as fast as it goes.")
    @Nullable ByteSize rate;

    /** How a schema gets into a backup. */
    enum SchemaBy {
        /** Read from the catalogue. */
        catalogue,
        /** As pg_dump tells it. */
        pg_dump,
        /** A file of pg_dump. */
        pg_dump_archive
    }

    /**
     * Returns the backups of this database.
     *
     * @throws CliException if no store is named, or a file with keys cannot be used
     */
    Backups backups(Session session, Target target, BackupListener listener, @Nullable Retention retention) {
        Backups.Builder builder = Backups.builder(database(session, target), backupStore(session))
                .clock(session.surroundings().clock())
                .listener(listener);
        if (workers != null) {
            builder.workers(workers);
        }
        if (rate != null) {
            builder.bytesPerSecond(rate.bytes());
        }
        if (retention != null) {
            builder.retention(retention);
        }
        return builder.build();
    }

    private Database database(Session session, Target target) {
        if (target.address() instanceof Address.Sqlite sqlite) {
            return Database.sqlite(sqlite.file());
        }
        DirectDataSource source = target.dataSource();
        ClientPrograms programs =
                clientPrograms == null ? ClientPrograms.onPath() : ClientPrograms.at(session.path(clientPrograms));
        return switch (schemaBy == null ? SchemaBy.catalogue : schemaBy) {
            case catalogue -> Database.postgres(source);
            case pg_dump -> Database.postgres(source, programs);
            case pg_dump_archive -> Database.postgresArchive(source, programs);
        };
    }

    private BackupStore backupStore(Session session) {
        if (store == null) {
            throw new CliException(
                    Kind.CONFIGURATION,
                    "where are the backups? Give --store, WELLHEAD_STORE, or store in " + Settings.USUAL_FILE);
        }
        BackupStore folder = BackupStore.directory(session.path(store));
        return keyFile == null ? folder : folder.encrypted(keys(session.path(keyFile)));
    }

    private static KeyRing keys(Path file) {
        KeyRing ring = null;
        int number = 0;
        for (String line : PrivateFile.read(file, "holds keys").lines().toList()) {
            number++;
            String text = line.strip();
            int equals = text.indexOf('=');
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            if (equals < 1) {
                throw badKey(file, number);
            }
            String name = text.substring(0, equals).strip();
            byte[] key = key(file, number, text.substring(equals + 1).strip());
            ring = ring == null ? KeyRing.of(name, key) : ring.and(name, key);
            Arrays.fill(key, (byte) 0);
        }
        if (ring == null) {
            throw new CliException(Kind.CONFIGURATION, file + " holds no key; write a line NAME=KEY");
        }
        return ring;
    }

    private static byte[] key(Path file, int number, String text) {
        byte[] key;
        try {
            key = text.length() == HEX_DIGITS_OF_A_KEY
                    ? HexFormat.of().parseHex(text)
                    : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw badKey(file, number);
        }
        if (key.length != HEX_DIGITS_OF_A_KEY / 2) {
            throw badKey(file, number);
        }
        return key;
    }

    // Without the line, which is a key.
    private static CliException badKey(Path file, int number) {
        return new CliException(
                Kind.CONFIGURATION,
                file + ", line " + number + " must be NAME=KEY, the key 32 bytes in base64 or hexadecimal,"
                        + " as by: openssl rand -base64 32");
    }
}
