package dev.wellhead.migrate;

import dev.wellhead.migrate.JdbcMigrator.Locked;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.RepairReport.Repair;
import dev.wellhead.migrate.internal.Checksum;
import dev.wellhead.migrate.internal.Version;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The mending of a history, each operation in one transaction with its line in the log. Thread-safe. */
final class HistoryOperations implements MigrationHistory {
    private final JdbcMigrator migrator;
    private final MigrationOptions options;

    HistoryOperations(JdbcMigrator migrator, MigrationOptions options) {
        this.migrator = migrator;
        this.options = options;
    }

    @Override
    public RepairReport diagnose() {
        return new RepairReport(repairs(migrator.state()));
    }

    @Override
    public RepairReport repair() {
        return migrator.underLock(locked -> {
            List<Repair> repairs = repairs(locked.state());
            inTransaction(locked, () -> {
                for (Repair repair : repairs) {
                    if (repair.automatic()) {
                        adopt(locked, repair);
                    }
                }
            });
            return new RepairReport(repairs);
        });
    }

    private void adopt(Locked locked, Repair repair) throws SQLException {
        SchemaState.Entry entry = locked.state().entry(Version.parse(repair.version()));
        Migration file = entry == null ? null : entry.file();
        HistoryRow row = entry == null ? null : entry.row();
        if (file == null || row == null) {
            throw new AssertionError("sums differ where there are both file and row");
        }
        SqlText down = file.downText();
        require(
                locked,
                locked.writer()
                        .adopt(
                                row.version(),
                                Checksum.ALGORITHM,
                                file.upText().checksum(),
                                down == null ? null : down.checksum()));
        locked.writer().log(options.clock().instant(), "repair", row.version(), repair.problem());
    }

    private List<Repair> repairs(SchemaState state) {
        List<Repair> repairs = new ArrayList<>();
        for (ValidationReport.Finding finding :
                state.validation(options.outOfOrder()).findings()) {
            String version = finding.version();
            repairs.add(
                    switch (finding.kind()) {
                        case CHANGED ->
                            new Repair(
                                    version,
                                    "the file was changed after it was applied",
                                    "the history takes the sum of the file as it is; the schema stays as it is",
                                    true);
                        case DOWN_CHANGED ->
                            new Repair(
                                    version,
                                    "the down file was changed after the migration was applied",
                                    "the history takes its sum as it is",
                                    true);
                        case MISSING ->
                            new Repair(
                                    version,
                                    "applied, but not in the source",
                                    "put the file back; or, if the schema no longer has it, history().markPending(\""
                                            + version + "\")",
                                    false);
                        case OUT_OF_ORDER ->
                            new Repair(
                                    version,
                                    "not applied, though a later version is",
                                    "give it a later version; or, if the schema has it, history().markApplied(\""
                                            + version + "\")",
                                    false);
                        case UNFINISHED ->
                            new Repair(
                                    version,
                                    "a run of it did not reach the end",
                                    "see status(): it says what to call",
                                    false);
                    });
        }
        return repairs;
    }

    @Override
    public MigrationReport resume(String version) {
        return resume(version, "resume", ScriptRun.Doubt.RUN_AGAIN);
    }

    @Override
    public MigrationReport resumeAfter(String version) {
        return resume(version, "resumeAfter", ScriptRun.Doubt.IS_DONE);
    }

    private MigrationReport resume(String version, String action, ScriptRun.Doubt doubt) {
        Version wanted = Choice.known(version);
        return migrator.underLock(locked -> {
            SchemaState.Entry entry = locked.state().entry(wanted);
            HistoryRow row = entry == null ? null : entry.row();
            Migration file = entry == null ? null : entry.file();
            if (row == null || !row.isMidway()) {
                throw refusal(version, "did not end in its middle", "status() lists those that did");
            }
            if (doubt == ScriptRun.Doubt.IS_DONE && row.progress().doubt() == null) {
                throw refusal(
                        version,
                        "has no statement in doubt",
                        "resume(\"" + row.version() + "\") goes on behind what is committed");
            }
            if (file == null || (!row.isMidwayUp() && file.downText() == null)) {
                throw refusal(version, "is not in the source", "put its file back");
            }
            Script script = row.isMidwayUp()
                    ? Script.up(file, row, locked.dialect())
                    : Script.down(file, row, locked.dialect());
            Choice.requireSameBeginning(script);
            String detail = "statement " + (row.progress().done() + 1) + " of "
                    + row.progress().total();
            inTransaction(locked, () -> locked.writer().log(options.clock().instant(), action, row.version(), detail));
            return locked.execute(doubt, List.of(script));
        });
    }

    @Override
    public void markApplied(String version) {
        Version wanted = Choice.known(version);
        migrator.underLock(locked -> {
            SchemaState.Entry entry = locked.state().entry(wanted);
            Migration file = entry == null ? null : entry.file();
            if (entry == null || file == null) {
                throw unknown(version);
            }
            HistoryRow row = entry.row();
            if (row == null || row.isMidway() || entry.isOutdated()) {
                inTransaction(locked, () -> {
                    if (row != null) {
                        require(locked, locked.writer().remove(row.version()));
                    }
                    addApplied(locked, file, "markApplied", "was " + standing(entry));
                });
            }
            return true;
        });
    }

    private static String standing(SchemaState.Entry entry) {
        if (entry.isOutdated()) {
            return "outdated";
        }
        return entry.row() == null ? "pending" : "in its middle";
    }

    @Override
    public void markPending(String version) {
        Version wanted = Choice.known(version);
        migrator.underLock(locked -> {
            SchemaState.Entry entry = locked.state().entry(wanted);
            if (entry == null) {
                throw unknown(version);
            }
            HistoryRow row = entry.row();
            if (row != null) {
                inTransaction(locked, () -> {
                    require(locked, locked.writer().remove(row.version()));
                    locked.writer()
                            .log(
                                    options.clock().instant(),
                                    "markPending",
                                    row.version(),
                                    "was " + row.state().word + ", sum " + row.checksum());
                });
            }
            return true;
        });
    }

    @Override
    public void baseline(String version) {
        Version wanted = Choice.target(version);
        migrator.underLock(locked -> {
            if (!locked.state().knows(wanted)) {
                throw unknown(version);
            }
            if (!locked.state().applied().isEmpty()) {
                throw new MigrationException(
                        Reason.INVALID,
                        "history().baseline(\"" + version + "\"): the history has "
                                + locked.state().applied().size()
                                + " migrations already, and a baseline is where one begins; nothing was changed;"
                                + " use markApplied(...) for single ones");
            }
            inTransaction(locked, () -> {
                for (SchemaState.Entry entry : locked.state().pending(wanted)) {
                    Migration file = entry.file();
                    if (file != null) {
                        addApplied(locked, file, "baseline", "up to " + version);
                    }
                }
            });
            return true;
        });
    }

    @Override
    public ImportReport importFrom(ForeignHistory tool) {
        return importFrom(tool, tool.table);
    }

    @Override
    public ImportReport importFrom(ForeignHistory tool, String table) {
        return new HistoryImport(migrator, options, tool, table).run();
    }

    private void addApplied(Locked locked, Migration file, String action, String detail) throws SQLException {
        HistoryWriter writer = locked.writer();
        HistoryRow row = HistoryRow.applied(file, options.clock().instant(), 0, writer.user(), writer.token());
        require(locked, writer.add(row));
        writer.log(options.clock().instant(), action, file.version(), detail);
    }

    /** Changes of the history that belong together. */
    @FunctionalInterface
    private interface Changes {
        void make() throws SQLException;
    }

    private static void inTransaction(Locked locked, Changes changes) throws SQLException {
        RunSession session = locked.session();
        session.begin();
        try {
            changes.make();
            session.commit();
        } finally {
            session.rollback();
        }
    }

    private static void require(Locked locked, boolean written) {
        if (!written) {
            throw new MigrationException(
                    Reason.RUN_LOCK_LOST,
                    "history " + locked.history().table()
                            + ": the lock of the run was lost, or another run has written; nothing was changed;"
                            + " look whether a pooler stands between, and try again");
        }
    }

    private static MigrationException refusal(String version, String what, @Nullable String cure) {
        return new MigrationException(
                Reason.UNFINISHED, "history: version " + version + " " + what + "; nothing was run; " + cure);
    }

    private static MigrationException unknown(String version) {
        return new MigrationException(
                Reason.UNKNOWN_VERSION,
                "history: there is no version " + version + "; nothing was changed; status() lists those there are");
    }
}
