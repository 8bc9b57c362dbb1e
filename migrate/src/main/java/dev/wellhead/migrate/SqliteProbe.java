package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.SqlStatement;

/** What runs outside transactions on SQLite can be done again, but for VACUUM INTO a file. */
final class SqliteProbe implements StatementProbe {
    @Override
    public Finding look(SqlStatement statement) {
        boolean intoFile =
                statement.token(0).equals("VACUUM") && statement.tokens().contains("INTO");
        return intoFile
                ? new Finding(Verdict.UNKNOWN, "whether the file of VACUUM INTO is complete cannot be seen")
                : new Finding(Verdict.NOT_DONE, "doing it again does no harm");
    }

    @Override
    public boolean isAllOrNothing(SqlStatement statement) {
        return true;
    }

    @Override
    public String stillAtWork(String backend) {
        // A process that is there holds the lock file.
        return "";
    }
}
