package dev.wellhead.migrate.internal.lint;

import java.util.List;

/** Tables and schemas that are dropped, renamed, moved or rewritten as a whole. */
final class TableRules implements Rule {
    @Override
    public void check(Sql sql, Known known, Problems problems) {
        switch (sql.at(0).text()) {
            case "DROP" -> dropped(sql, known, problems);
            case "TRUNCATE" -> truncated(sql, known, problems);
            case "ALTER" -> altered(sql, known, problems);
            default -> {}
        }
    }

    private static void dropped(Sql sql, Known known, Problems problems) {
        int at = sql.skip(2, "IF", "EXISTS");
        List<String> names = sql.names(at);
        boolean allNew = !names.isEmpty() && names.stream().allMatch(known::isNew);
        boolean back = !names.isEmpty() && names.stream().allMatch(known::comesBack);
        if (sql.is(1, "TABLE") && !back && !allNew) {
            problems.add(
                    Hazard.DROP_TABLE,
                    "breaks the application in use if it still names " + String.join(", ", names)
                            + ", and the rows cannot be had back",
                    "-- first release a version that does not name it; then, in a later migration:\n" + sql.text()
                            + ";\n-- wellhead:allow drop-table nothing reads it since release ...");
        } else if (sql.is(1, "SCHEMA")) {
            problems.add(
                    Hazard.DROP_SCHEMA,
                    "breaks the application in use if it still names anything in " + String.join(", ", names),
                    "-- first release a version that does not name it; drop what is in it one by one");
        }
        if (sql.has("CASCADE") && !allNew) {
            problems.add(
                    Hazard.DROP_CASCADE,
                    "drops also what depends on it, whatever that is in this database: views, foreign keys, functions",
                    sql.before(sql.indexOf("CASCADE")).text()
                            + "; -- and name what depends on it in a DROP of its own");
        }
    }

    private static void truncated(Sql sql, Known known, Problems problems) {
        List<String> tables = sql.names(sql.skip(1, "TABLE"));
        if (tables.stream().allMatch(known::isNew)) {
            return;
        }
        problems.add(
                sql.has("CASCADE") ? Hazard.TRUNCATE_CASCADE : Hazard.TRUNCATE,
                sql.has("CASCADE")
                        ? "empties also every table that refers to it, whichever those are in this database"
                        : "empties the table while reads and writes wait; who began to read before finds it empty",
                sql.has("CASCADE")
                        ? sql.before(sql.indexOf("CASCADE")).text() + "; -- and name the tables that refer to it"
                        : "delete from " + tables.get(0) + " where id between ...; -- in batches");
    }

    private static void altered(Sql sql, Known known, Problems problems) {
        if (sql.is(1, "SCHEMA") && sql.has("RENAME")) {
            problems.add(
                    Hazard.RENAME_SCHEMA,
                    "breaks the application in use, which knows the schema by its name of now",
                    "create schema ...; -- with views of the tables; change the application, then drop the views");
            return;
        }
        AlterTable alter = AlterTable.of(sql);
        if (alter == null || known.isNew(alter.table())) {
            return;
        }
        for (Sql action : alter.actions()) {
            altered(alter.table(), action, known, problems);
        }
    }

    private static void altered(String table, Sql action, Known known, Problems problems) {
        String start = "alter table " + table + " ";
        if (action.starts("RENAME", "TO")) {
            String to = action.name(2).text();
            problems.add(
                    Hazard.RENAME_TABLE,
                    "breaks the application in use, which knows " + table + " and not " + to,
                    "create view " + to + " as select * from " + table
                            + "; -- change the application; then drop the view and rename in one migration");
        } else if (action.starts("SET", "TABLESPACE")) {
            problems.add(
                    Hazard.SET_TABLESPACE,
                    "copies all of " + table + " while reads and writes wait",
                    "-- a new table there, filled in batches, that then takes the name of this one");
        } else if (action.starts("SET", "LOGGED") || action.starts("SET", "UNLOGGED")) {
            problems.add(
                    Hazard.SET_LOGGED,
                    "rewrites " + table + " while reads and writes wait"
                            + (action.is(1, "UNLOGGED") ? ", and its rows are lost at the next crash" : ""),
                    "-- at a quiet hour, or a new table, filled in batches, that then takes the name of this one");
        } else if (action.starts("SET", "ACCESS", "METHOD")) {
            problems.add(
                    Hazard.SET_ACCESS_METHOD,
                    "rewrites " + table + " while reads and writes wait",
                    "-- a new table, filled in batches, that then takes the name of this one");
        } else if (action.starts("ATTACH", "PARTITION")) {
            Sql.Name part = action.name(2);
            if (!known.isNew(part.text()) && !known.isProved(part.text())) {
                String check = AlterTable.lastPart(part.text()) + "_bounds";
                problems.add(
                        Hazard.ATTACH_PARTITION,
                        "reads all of " + part.text()
                                + " to see whether its rows fit, while reads and writes of it wait",
                        "alter table " + part.text() + " add constraint " + check
                                + " check (...) not valid; -- that says what the bounds say, and not null\n"
                                + "-- in a later migration\nalter table " + part.text() + " validate constraint "
                                + check
                                + ";\n-- in a later migration\n" + start + action.text() + ";");
            }
        } else if (action.starts("DETACH", "PARTITION") && !action.has("CONCURRENTLY") && !action.has("FINALIZE")) {
            problems.add(
                    Hazard.DETACH_PARTITION,
                    "locks all of " + table + " against reads and writes, and waits for every query that reads it",
                    start + action.text() + " concurrently; -- in a migration of its own, PostgreSQL 14 and newer");
        }
    }
}
