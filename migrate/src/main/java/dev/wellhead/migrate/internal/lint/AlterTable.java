package dev.wellhead.migrate.internal.lint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ALTER TABLE, taken apart.
 *
 * @param table the table it is about
 * @param actions what it does, in its order
 */
record AlterTable(String table, List<Sql> actions) {
    /** Reads the statement; null if it is another one. */
    static @Nullable AlterTable of(Sql sql) {
        if (!sql.starts("ALTER", "TABLE")) {
            return null;
        }
        int at = sql.skip(sql.skip(2, "IF", "EXISTS"), "ONLY");
        Sql.Name name = sql.name(at);
        return new AlterTable(name.text(), sql.from(sql.skip(name.next(), "*")).split());
    }

    /** Returns the definition behind ADD COLUMN, its name first; null if the action is another one. */
    static @Nullable Sql addedColumn(Sql action) {
        if (!action.starts("ADD") || addedConstraint(action) != null) {
            return null;
        }
        return action.from(action.skip(action.skip(1, "COLUMN"), "IF", "NOT", "EXISTS"));
    }

    /** Returns what stands behind ADD [CONSTRAINT name]; null if the action adds no constraint. */
    static @Nullable Sql addedConstraint(Sql action) {
        if (!action.starts("ADD")) {
            return null;
        }
        int at = action.is(1, "CONSTRAINT") ? action.name(2).next() : 1;
        boolean constraint = action.is(at, "FOREIGN", "KEY")
                || action.is(at, "CHECK")
                || action.is(at, "UNIQUE")
                || action.is(at, "PRIMARY", "KEY")
                || action.is(at, "EXCLUDE")
                || action.is(at, "NOT", "NULL");
        return constraint ? action.from(at) : null;
    }

    /** Returns the name behind ADD CONSTRAINT, or one made up of the table's and this end. */
    String constraintName(Sql action, String end) {
        String given = action.is(1, "CONSTRAINT") ? action.name(2).text() : "";
        return given.isEmpty() ? lastPart(table) + "_" + end : given;
    }

    /** Returns a name without its schema and quotes, to make up another one. */
    static String lastPart(String name) {
        return name.substring(name.lastIndexOf('.') + 1).replace("\"", "");
    }
}
