package dev.wellhead.migrate;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.ScratchDatabase;
import dev.wellhead.jdbc.internal.ScratchFile;
import dev.wellhead.migrate.MigrationException.Reason;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database to try things in, gone when it is closed. For one thread. */
interface Scratch extends AutoCloseable {
    DirectDataSource dataSource();

    /** Makes another one with all that is in this one now; nobody may be connected to this one meanwhile. */
    Scratch copy() throws SQLException;

    @Override
    void close();

    /**
     * Makes an empty one.
     *
     * @throws MigrationException if it is not known where, or it cannot be made
     */
    static Scratch create(Dialect dialect, MigrationOptions options) {
        if (dialect == Dialect.SQLITE) {
            return new OfSqlite(ScratchFile.create());
        }
        try {
            return new OfPostgres(ScratchDatabase.create(server(options)));
        } catch (SQLException e) {
            throw refusal("no database for the trial could be created: " + MigrationException.words(e), e);
        }
    }

    private static DirectDataSource server(MigrationOptions options) {
        if (options.inspection().scratch() != null) {
            return options.inspection().scratch();
        }
        DataSource dataSource = options.dataSource();
        try {
            if (dataSource instanceof DirectDataSource direct) {
                return direct;
            }
            if (dataSource.isWrapperFor(DirectDataSource.class)) {
                return dataSource.unwrap(DirectDataSource.class);
            }
        } catch (SQLException e) {
            throw refusal("the data source does not say how to reach another database", e);
        }
        throw refusal("the data source does not say how to reach another database", null);
    }

    private static MigrationException refusal(String what, @Nullable SQLException cause) {
        return new MigrationException(
                Reason.NO_SCRATCH,
                "verifyRollbacks: " + what
                        + "; nothing was run; give a server and a role that may create databases with scratch(...)",
                cause);
    }

    /** On the same or another PostgreSQL server. */
    record OfPostgres(ScratchDatabase database) implements Scratch {
        @Override
        public DirectDataSource dataSource() {
            return database.dataSource();
        }

        @Override
        public Scratch copy() throws SQLException {
            return new OfPostgres(database.copy());
        }

        @Override
        public void close() {
            database.close();
        }
    }

    /** A temporary file. */
    record OfSqlite(ScratchFile file) implements Scratch {
        @Override
        public DirectDataSource dataSource() {
            return file.dataSource();
        }

        @Override
        public Scratch copy() {
            return new OfSqlite(file.copy());
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
