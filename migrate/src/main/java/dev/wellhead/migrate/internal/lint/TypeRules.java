package dev.wellhead.migrate.internal.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Types of columns that are regretted later, in new tables, too. */
final class TypeRules implements Rule {
    private static final Set<String> SMALL =
            Set.of("int", "integer", "int4", "smallint", "int2", "serial", "serial4", "smallserial", "serial2");

    @Override
    public void check(Sql sql, Known known, Problems problems) {
        for (Column column : columns(sql)) {
            check(column, problems);
        }
    }

    private static List<Column> columns(Sql sql) {
        List<Column> columns = new ArrayList<>();
        AlterTable alter = AlterTable.of(sql);
        if (alter != null) {
            for (Sql action : alter.actions()) {
                Sql added = AlterTable.addedColumn(action);
                if (added != null) {
                    columns.add(Column.of(added));
                }
            }
            return columns;
        }
        int table = sql.starts("CREATE") ? sql.indexOf("TABLE") : -1;
        if (table < 1 || table > 4) {
            return columns;
        }
        Sql.Name name = sql.name(sql.skip(table + 1, "IF", "NOT", "EXISTS"));
        if (sql.is(name.next(), "(")) {
            for (Sql part : sql.inside(name.next()).split()) {
                if (Column.isColumn(part)) {
                    columns.add(Column.of(part));
                }
            }
        }
        return columns;
    }

    private static void check(Column column, Problems problems) {
        String type = column.type();
        String name = column.name();
        if (type.equals("json")) {
            problems.add(
                    Hazard.JSON_COLUMN,
                    "json has no equality, so SELECT DISTINCT, GROUP BY and UNION over " + name + " fail",
                    name + " jsonb");
        }
        if (type.equals("char")
                || type.startsWith("char(")
                || type.equals("character")
                || type.startsWith("character(")) {
            problems.add(
                    Hazard.CHAR_COLUMN,
                    type + " fills values with blanks, which some comparisons count and some do not",
                    name + " text check (length(" + name + ") <= ...)");
        }
        if (column.isSerial()) {
            problems.add(
                    Hazard.SERIAL_COLUMN,
                    "the sequence of a serial has rights of its own, and is lost sight of when the default is changed",
                    name + " bigint generated always as identity");
        }
        if ((type.equals("timestamp") || type.startsWith("timestamp(") || type.startsWith("timestamp without"))
                && !type.contains("with time zone")) {
            problems.add(
                    Hazard.TIMESTAMP_COLUMN,
                    "a timestamp without time zone does not say which moment it is, and changes with the session's zone",
                    name + " timestamp with time zone");
        }
        if (column.isPrimaryKey() && SMALL.contains(type)) {
            problems.add(
                    Hazard.INT_PRIMARY_KEY,
                    type + " ends at "
                            + (type.startsWith("small") || type.endsWith("2") ? "32,767" : "2,147,483,647")
                            + " rows ever inserted, and a later change rewrites the table",
                    name + " bigint generated always as identity primary key");
        }
    }
}
