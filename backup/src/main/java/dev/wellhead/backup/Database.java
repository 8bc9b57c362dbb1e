package dev.wellhead.backup;

import dev.wellhead.backup.internal.Storage;
import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.SchemaSource;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;

/** What is backed up. Immutable and thread-safe; holds no connection. */
public final class Database {
    @FunctionalInterface
    private interface EngineFactory {
        Engine create(Storage storage, Ticker ticker, int workers);
    }

    private final String description;
    private final EngineFactory factory;

    private Database(String description, EngineFactory factory) {
        this.description = description;
        this.factory = factory;
    }

    /**
     * Returns a PostgreSQL database, 13 or newer. The driver must be on the class path or module path.
     *
     * @param dataSource its user must be able to read every table past all row-level security; to verify, it must be
     *     able to create databases on the server
     * @param schema makes the same schema in an empty database, as {@code Migrator.replay()} of wellhead-migrate does
     */
    public static Database postgres(DirectDataSource dataSource, SchemaSource schema) {
        SchemaPath path = new ReplayedSchema(Objects.requireNonNull(schema, "schema"));
        return postgres(dataSource, storage -> path);
    }

    /**
     * Returns a PostgreSQL database, 13 or newer, whose schema each backup takes along, as statements read from the catalogue:
     * so it is restored without any application. A database with objects of a kind that cannot be taken along is refused;
     * {@code docs/backup.md} lists those that can. The driver must be on the class path or module path.
     *
     * @param dataSource its user must be able to read every table past all row-level security; to verify, it must be
     *     able to create databases on the server, and in them all that there is in this one, and act for the roles to which
     *     things belong
     */
    public static Database postgres(DirectDataSource dataSource) {
        SchemaPath path = new CarriedSchema();
        return postgres(dataSource, storage -> path);
    }

    /**
     * Returns a PostgreSQL database, 13 or newer, whose schema each backup takes along as {@code pg_dump} tells it, whatever
     * kinds of objects it has; rows are copied as ever. A restore needs no program. The driver must be on the class path or
     * module path.
     *
     * @param dataSource as for {@link #postgres(DirectDataSource)}; host, port, database, user, password, {@code sslmode} and
     *     {@code sslrootcert} are handed over to the program, and nothing else
     * @param programs of the server's major version or newer
     */
    public static Database postgres(DirectDataSource dataSource, ClientPrograms programs) {
        Objects.requireNonNull(programs, "programs");
        return postgres(dataSource, storage -> new DumpedSchema(dataSource, programs, storage));
    }

    /**
     * Returns a PostgreSQL database, 13 or newer, whose backups each hold one file of {@code pg_dump}'s custom format: schema and
     * rows in a form that {@code pg_restore} reads without Wellhead. Everything is read twice, since what it must come to is
     * found out beside it, from the same snapshot. To verify and to restore, the programs are needed as well, and room for
     * the file in the store's work folder. The driver must be on the class path or module path.
     *
     * @param dataSource as for {@link #postgres(DirectDataSource, ClientPrograms)}
     * @param programs of the server's major version or newer, for restores not older than the one that made the backup
     */
    public static Database postgresArchive(DirectDataSource dataSource, ClientPrograms programs) {
        Objects.requireNonNull(programs, "programs");
        return postgres(dataSource, storage -> new ArchivePath(dataSource, programs, storage));
    }

    private static Database postgres(DirectDataSource dataSource, Function<Storage, SchemaPath> schema) {
        return new Database(
                dataSource.url(),
                (storage, ticker, workers) -> new PostgresEngine(dataSource, schema.apply(storage), storage, workers));
    }

    /**
     * Returns an SQLite database. The driver must be on the class path or module path.
     *
     * @param file the database file; it need not exist yet
     * @throws IllegalArgumentException if the path holds a question mark, which the driver takes for the end of the name
     */
    public static Database sqlite(Path file) {
        return sqlite(file, false);
    }

    /**
     * Returns an SQLite database as {@link #sqlite(Path)} does, whose backups hold it without free pages and with its tables
     * each in one piece: the copy of the snapshot goes through {@code VACUUM INTO}, which takes its time without progress and,
     * while it lasts, room for a second copy. Rows of tables without {@code integer primary key} may get other rowids.
     *
     * @param file the database file; it need not exist yet
     * @throws IllegalArgumentException if the path holds a question mark, which the driver takes for the end of the name
     */
    public static Database sqliteCompacted(Path file) {
        return sqlite(file, true);
    }

    private static Database sqlite(Path file, boolean compacted) {
        Path absolute = SqliteFile.usable(file);
        return new Database(
                absolute.toString(),
                (storage, ticker, workers) -> new SqliteEngine(absolute, compacted, storage, ticker, workers));
    }

    /** @param workers how many things are done at a time, where that is possible */
    Engine engine(Storage storage, Ticker ticker, int workers) {
        return factory.create(storage, ticker, workers);
    }

    /** Returns the last part of the address, for metrics: the name of the database or of its file. */
    String shortName() {
        int parameters = description.indexOf('?');
        String address = parameters < 0 ? description : description.substring(0, parameters);
        int before = Math.max(Math.max(address.lastIndexOf('/'), address.lastIndexOf('\\')), address.lastIndexOf(':'));
        String name = address.substring(before + 1);
        return name.isEmpty() ? "default" : name;
    }

    /** Returns the address without anything secret. */
    @Override
    public String toString() {
        return description;
    }
}
