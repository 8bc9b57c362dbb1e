package dev.wellhead.migrate.internal.lint;

/** What SQLite refuses or does silently. */
final class SqliteRules implements Rule {
    @Override
    public void check(Sql sql, Known known, Problems problems) {
        AlterTable alter = AlterTable.of(sql);
        if (alter == null) {
            return;
        }
        for (Sql action : alter.actions()) {
            Sql added = AlterTable.addedColumn(action);
            if (added != null) {
                added(alter.table(), Column.of(added), problems);
            }
        }
    }

    private static void added(String table, Column column, Problems problems) {
        String add = "alter table " + table + " add column " + column.name() + " " + column.type();
        Sql value = column.defaultValue();
        boolean empty = value.size() == 0 || (value.size() == 1 && value.at(0).is("NULL"));
        boolean computed = value.at(0).is("(")
                || value.at(0).is("CURRENT_TIMESTAMP")
                || value.at(0).is("CURRENT_DATE")
                || value.at(0).is("CURRENT_TIME");
        if (column.isPrimaryKey() || column.rest().has("UNIQUE")) {
            problems.add(
                    Hazard.SQLITE_ADD_COLUMN,
                    "SQLite cannot add a column that is unique or a key",
                    add + ";\ncreate unique index " + AlterTable.lastPart(table) + "_" + column.name() + " on " + table
                            + " (" + column.name() + ");");
        } else if (column.isGenerated() && column.rest().has("STORED")) {
            problems.add(
                    Hazard.SQLITE_ADD_COLUMN,
                    "SQLite cannot add a stored generated column",
                    "-- virtual instead of stored, or rebuild the table");
        } else if (column.isNotNull() && empty && !column.isGenerated()) {
            problems.add(
                    Hazard.SQLITE_ADD_COLUMN,
                    "SQLite cannot add a NOT NULL column without a default",
                    add + " not null default ...;");
        } else if (computed) {
            problems.add(
                    Hazard.SQLITE_ADD_COLUMN,
                    "SQLite cannot add a column with a default that is computed if " + table + " has a row",
                    add + ";\nupdate " + table + " set " + column.name() + " = " + value.text() + ";");
        } else if (column.rest().has("REFERENCES") && !empty) {
            problems.add(
                    Hazard.SQLITE_ADD_COLUMN,
                    "SQLite cannot add a column that refers to another table and has a default, if foreign keys are on",
                    add + " references ...; -- without the default");
        }
    }
}
