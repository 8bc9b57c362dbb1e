package dev.wellhead.migrate.internal.lint;

import dev.wellhead.jdbc.internal.Dialect;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Where rules report to: knows which statement is being looked at. For one thread. */
final class Problems {
    // The others are about what PostgreSQL does.
    private static final Set<Hazard> OF_SQLITE = EnumSet.of(
            Hazard.DROP_COLUMN,
            Hazard.RENAME_COLUMN,
            Hazard.DROP_TABLE,
            Hazard.RENAME_TABLE,
            Hazard.UPDATE_ALL,
            Hazard.DELETE_ALL,
            Hazard.SQLITE_ADD_COLUMN,
            Hazard.SQLITE_REBUILD,
            Hazard.SQLITE_FOREIGN_KEYS);

    private final String file;
    private final Allowances allowances;
    private final boolean sqlite;
    private final List<Problem> found = new ArrayList<>();
    private int line;
    private int lastLine;
    private String statement = "";
    private List<TableLock> locks = List.of();

    Problems(String file, Allowances allowances, Dialect dialect) {
        this.file = file;
        this.sqlite = dialect == Dialect.SQLITE;
        this.allowances = allowances;
    }

    /** Says which statement what follows is about. */
    void at(int line, int lastLine, String statement, List<TableLock> locks) {
        this.line = line;
        this.lastLine = lastLine;
        this.statement = statement;
        this.locks = locks;
    }

    void add(Hazard hazard, String why, String recipe) {
        if (sqlite && !OF_SQLITE.contains(hazard)) {
            return;
        }
        String allowed = allowances.reason(hazard, line, lastLine);
        found.add(new Problem(hazard, file, line, statement, locks, why, recipe, allowed));
    }

    /** Reports something that is about a comment, and cannot be allowed by one. */
    void addAt(Hazard hazard, int where, String text, String why, String recipe) {
        found.add(new Problem(hazard, file, where, text, List.of(), why, recipe, ""));
    }

    List<Problem> found() {
        return found;
    }
}
