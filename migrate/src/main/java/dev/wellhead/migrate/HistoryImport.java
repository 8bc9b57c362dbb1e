package dev.wellhead.migrate;

import dev.wellhead.core.Redaction;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.ImportReport.Outcome;
import dev.wellhead.migrate.MigrationException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes over the history of another tool in one transaction: the check, the renaming, our table, its rows, and the line
 * in the log by which a second import is known for one. For one thread.
 */
final class HistoryImport {
    /** How the log calls it. */
    static final String ACTION = "import";

    private final JdbcMigrator migrator;
    private final MigrationOptions options;
    private final ForeignHistory tool;
    private final String table;

    HistoryImport(JdbcMigrator migrator, MigrationOptions options, ForeignHistory tool, String table) {
        this.migrator = migrator;
        this.options = options;
        this.tool = Objects.requireNonNull(tool, "tool");
        this.table = Objects.requireNonNull(table, "table");
    }

    /** The two tables of one import. */
    private record Tables(Dialect dialect, SchemaHistory ours, ForeignTable theirs) {}

    /** Returns the tool whose history an empty one of ours should begin with; null if there is none. */
    static @Nullable ForeignHistory waiting(Connection connection, Dialect dialect, SchemaHistory ours)
            throws SQLException {
        if (ours.isOurs(connection) && ours.isImported(connection)) {
            return null;
        }
        for (ForeignHistory tool : ForeignHistory.values()) {
            TableName name = new TableName(ours.table().schema(), tool.table);
            if (new ForeignTable(tool, dialect, name).hasRows(connection)) {
                return tool;
            }
        }
        return null;
    }

    ImportReport run() {
        List<Migration> files = options.source().load();
        // Refuses two files of one version.
        SchemaState.of(files, List.of());
        try {
            Tables tables = tables();
            try (Connection connection = options.dataSource().getConnection()) {
                connection.setAutoCommit(true);
                ImportReport settled = settled(connection, tables);
                if (settled != null) {
                    return settled;
                }
            }
            return underLock(tables, files);
        } catch (SQLException e) {
            throw migrator.database("the import from " + tool.title + " failed and is undone whole", e);
        }
    }

    private Tables tables() throws SQLException {
        try (Connection connection = options.dataSource().getConnection()) {
            connection.setAutoCommit(true);
            Dialect dialect = Dialect.of(connection);
            SchemaHistory ours = SchemaHistory.of(connection, options.schema(), options.historyTable());
            TableName theirs = new TableName(ours.table().schema(), table);
            return new Tables(dialect, ours, new ForeignTable(tool, dialect, theirs));
        }
    }

    private ImportReport underLock(Tables tables, List<Migration> files) throws SQLException {
        try (RunSession session = JdbcMigrator.session(options, tables.dialect, tables.ours)) {
            session.begin();
            try {
                // Another process may have been faster.
                ImportReport settled = settled(session.connection(), tables);
                if (settled != null) {
                    return settled;
                }
                ImportReport report = takeOver(session, tables, files);
                session.commit();
                return report;
            } finally {
                session.rollback();
            }
        }
    }

    /** Returns what there is to say if there is nothing to do, null if there is. */
    private @Nullable ImportReport settled(Connection connection, Tables tables) throws SQLException {
        boolean ours = tables.ours.isOurs(connection);
        if (ours && tables.ours.isImported(connection)) {
            return new ImportReport(tool, Outcome.ALREADY_IMPORTED, List.of(), List.of());
        }
        int own = ours ? tables.ours.read(connection).size() : 0;
        if (!tables.theirs.exists(connection)) {
            String elsewhere = own > 0 ? null : tables.theirs.elsewhere(connection);
            if (elsewhere != null) {
                throw refusal("its table " + table + " is in schema " + elsewhere + ", and ours would be in "
                        + tables.ours.table().schema() + "; say where the history belongs with schema(...)");
            }
            if (!table.equals(tool.table) && own == 0) {
                throw refusal("there is no table " + tables.theirs.name() + " with its columns; correct the name");
            }
            return new ImportReport(tool, Outcome.NOTHING_TO_IMPORT, List.of(), List.of());
        }
        if (own > 0) {
            throw refusal(
                    "the history has " + own + " migrations of its own already, and an import is where one begins;"
                            + " use markApplied(...) for single ones");
        }
        return null;
    }

    private ImportReport takeOver(RunSession session, Tables tables, List<Migration> files) throws SQLException {
        Connection connection = session.connection();
        ForeignTable theirs = tables.theirs;
        theirs.lock(connection);
        ForeignClaims claims = new ForeignClaims(files);
        ForeignReader.of(theirs).read(connection, claims);
        if (theirs.name().equals(tables.ours.table())) {
            moveAway(connection, theirs, claims);
        }
        if (!claims.faults().isEmpty()) {
            throw refusal(String.join("; ", claims.faults()));
        }
        if (!tables.ours.isOurs(connection)) {
            tables.ours.create(connection);
        }
        List<String> versions = write(new HistoryWriter(tables.dialect, tables.ours.table(), session), claims);
        return new ImportReport(tool, Outcome.IMPORTED, versions, claims.notes());
    }

    private void moveAway(Connection connection, ForeignTable theirs, ForeignClaims claims) throws SQLException {
        TableName other =
                new TableName(theirs.name().schema(), theirs.name().name() + "_of_" + tool.title.replace('-', '_'));
        if (!SchemaHistory.columns(connection, theirs.dialect(), other).isEmpty()) {
            claims.fault("its table must make way for ours, and the name " + other
                    + " is taken; drop that table or rename it");
        } else if (claims.faults().isEmpty()) {
            theirs.rename(connection, other);
            claims.note("its table is now " + other);
        }
    }

    private List<String> write(HistoryWriter writer, ForeignClaims claims) throws SQLException {
        List<String> versions = new ArrayList<>();
        for (ForeignClaims.Claim claim : claims.applied()) {
            if (!writer.add(row(claim, writer))) {
                throw new MigrationException(
                        Reason.RUN_LOCK_LOST,
                        "import from " + tool.title
                                + ": the lock of the run was lost; nothing was changed; look whether"
                                + " a pooler stands between, and try again");
            }
            versions.add(claim.file().version());
        }
        String last = versions.isEmpty() ? "0" : versions.get(versions.size() - 1);
        writer.log(
                options.clock().instant(), ACTION, last, versions.size() + " versions of " + tool.title + ", " + table);
        return versions;
    }

    private HistoryRow row(ForeignClaims.Claim claim, HistoryWriter writer) throws SQLException {
        Instant at = claim.origin().at();
        String by = claim.origin().by();
        return HistoryRow.applied(
                claim.file(),
                at == null ? options.clock().instant() : at,
                claim.origin().millis(),
                by == null ? writer.user() : by,
                writer.token());
    }

    private MigrationException refusal(String why) {
        return new MigrationException(
                Reason.IMPORT_REFUSED,
                "import from " + tool.title + ": " + Redaction.printable(why) + "; nothing was changed");
    }
}
