package dev.wellhead.migrate;

import dev.wellhead.core.Redaction;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.internal.SqlStatement;

/** What is said of scripts that ended in the middle. */
final class DoubtMessages {
    private static final int SHOWN = 200;
    private static final int LOOKED_AT = 2_000;

    private DoubtMessages() {}

    static String name(Script script) {
        return name(script.direction(), script.migration().version(), script.file());
    }

    static String name(Direction direction, String version, String file) {
        return (direction == Direction.APPLIED ? "migration " : "rollback of ") + Redaction.printable(version) + " ("
                + file + ")";
    }

    static String committed(int done) {
        return switch (done) {
            case 0 -> "nothing of it is committed";
            case 1 -> "its statement 1 is committed, and nothing behind it";
            default -> "its statements 1 to " + done + " are committed, and nothing behind them";
        };
    }

    /** The two calls that settle a doubt. */
    static String calls(String version) {
        String quoted = "\"" + Redaction.printable(version) + "\"";
        return "if it is done, call history().resumeAfter(" + quoted + "); if it is not, call history().resume("
                + quoted + ")";
    }

    static MigrationException unknown(Script script, int done, SqlStatement statement, String words) {
        return new MigrationException(
                Reason.IN_DOUBT,
                name(script) + " - statement " + (done + 1) + " of "
                        + script.outline().statements() + " (line " + statement.line()
                        + ") may be done or not: a run broke off in it, and "
                        + script.migration().placeholders().redacted(words) + ": "
                        + shortened(statement.written()) + " - " + committed(done) + " - look whether it is done; "
                        + calls(script.recordedVersion()));
    }

    static MigrationException changed(Script script, int done) {
        return new MigrationException(
                Reason.IN_DOUBT,
                name(script) + " - statement " + (done + 1)
                        + " may be done or not: a run broke off in it, and the file has another statement there now - "
                        + committed(done) + " - put the file back; or look whether it is done: "
                        + calls(script.recordedVersion()));
    }

    static String shortened(String sql) {
        // Statements may have megabytes.
        String beginning = sql.length() <= LOOKED_AT ? sql : sql.substring(0, LOOKED_AT);
        String line = Redaction.printable(beginning.strip().replaceAll("\\s+", " "));
        return line.length() <= SHOWN && beginning.length() == sql.length()
                ? line
                : line.substring(0, Math.min(line.length(), SHOWN - 3)) + "...";
    }
}
