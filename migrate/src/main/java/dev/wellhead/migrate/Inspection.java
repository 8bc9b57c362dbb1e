package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.MigrationException.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at schemas: as they are, as the last run left them, as rollbacks would leave them. Immutable. */
final class Inspection {
    private final MigrationOptions options;
    private final Dialect dialect;
    private final TableName history;

    Inspection(MigrationOptions options, Dialect dialect, TableName history) {
        this.options = options;
        this.dialect = dialect;
        this.history = history;
    }

    SnapshotStore store() {
        return new SnapshotStore(dialect, history, options.inspection(), options.clock());
    }

    SchemaSnapshot snapshot() throws SQLException {
        try (Connection connection = options.dataSource().getConnection()) {
            return store().read(connection);
        }
    }

    DriftReport drift() throws SQLException {
        try (Connection connection = options.dataSource().getConnection()) {
            SnapshotStore store = store();
            SnapshotStore.Stored stored = store.stored(connection);
            return new DriftReport(
                    stored.at(),
                    stored.server(),
                    SnapshotStore.server(connection),
                    !stored.versions().equals(store.versions(connection)),
                    stored.schema().differencesTo(store.read(connection)));
        }
    }

    RollbackReport verifyRollbacks(List<Migration> migrations) {
        SnapshotStore everything =
                new SnapshotStore(dialect, history, new InspectionOptions(false, Set.of(), null), options.clock());
        try (Scratch scratch = Scratch.create(dialect, options)) {
            return new RollbackTrial(scratch, dialect, everything, history.schema(), searchPath()).run(migrations);
        } catch (SQLException e) {
            throw new MigrationException(
                    Reason.NO_SCRATCH,
                    "verifyRollbacks: the scratch database failed: " + MigrationException.words(e)
                            + "; the real one was not touched; look at the cause, and run it again",
                    e);
        }
    }

    private @Nullable String searchPath() throws SQLException {
        if (dialect == Dialect.SQLITE) {
            return null;
        }
        try (Connection connection = options.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select current_setting('search_path')")) {
            row.next();
            return row.getString(1);
        }
    }
}
