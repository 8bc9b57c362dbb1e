package dev.wellhead.migrate.internal.lint;

/** Commands of PostgreSQL that work on a whole table, and what hangs on one. */
final class ServerRules implements Rule {
    @Override
    public void check(Sql sql, Known known, Problems problems) {
        switch (sql.at(0).text()) {
            case "CLUSTER" -> clustered(sql, known, problems);
            case "VACUUM" -> vacuumed(sql, problems);
            case "LOCK" -> locked(sql, known, problems);
            case "REFRESH" -> refreshed(sql, known, problems);
            case "CREATE" -> created(sql, known, problems);
            case "ALTER" -> altered(sql, problems);
            default -> {}
        }
    }

    private static void clustered(Sql sql, Known known, Problems problems) {
        int at = sql.is(1, "(") ? sql.inside(1).size() + 3 : sql.skip(1, "VERBOSE");
        String table = sql.name(at).text();
        if (table.isEmpty() || !known.isNew(table)) {
            problems.add(
                    Hazard.CLUSTER,
                    "rewrites " + (table.isEmpty() ? "tables" : table)
                            + " in the order of an index while reads and writes wait",
                    "-- outside of migrations, with a tool that copies beside the table, as pg_repack does");
        }
    }

    private static void vacuumed(Sql sql, Problems problems) {
        if (sql.is(1, "FULL") || (sql.is(1, "(") && sql.inside(1).hasAnywhere("FULL"))) {
            problems.add(
                    Hazard.VACUUM_FULL,
                    "rewrites the table while reads and writes wait",
                    "vacuum; -- frees space for the table's own use; to give it back, a tool as pg_repack");
        }
    }

    private static void locked(Sql sql, Known known, Problems problems) {
        if (sql.names(sql.skip(1, "TABLE")).stream().allMatch(known::isNew)) {
            return;
        }
        problems.add(
                Hazard.LOCK_TABLE,
                "keeps others out until the migration's transaction ends, with all that follows in it",
                "-- leave it out: each statement takes the lock that it needs when it needs it");
    }

    private static void refreshed(Sql sql, Known known, Problems problems) {
        String view = sql.name(3).text();
        if (!sql.is(3, "CONCURRENTLY") && !known.isNew(view) && !sql.has("NO", "DATA")) {
            problems.add(
                    Hazard.REFRESH_MATERIALIZED_VIEW,
                    "keeps all readers of " + view + " waiting while its query runs",
                    "refresh materialized view concurrently " + view + "; -- needs a unique index on it");
        }
    }

    private static void created(Sql sql, Known known, Problems problems) {
        int at = sql.skip(sql.skip(1, "OR", "REPLACE"), "CONSTRAINT");
        int on = sql.indexOf("ON");
        if (!sql.is(at, "TRIGGER") || on < 0) {
            return;
        }
        String table = sql.name(on + 1).text();
        if (!known.isNew(table)) {
            problems.add(
                    Hazard.CREATE_TRIGGER,
                    "waits for every transaction that writes " + table + ", and all writes wait behind it; from then on"
                            + " every write of the application runs it",
                    "set local lock_timeout = '2s';\n" + sql.text() + "; -- in a migration of its own");
        }
    }

    private static void altered(Sql sql, Problems problems) {
        if (sql.is(1, "TYPE") && sql.has("RENAME", "VALUE")) {
            problems.add(
                    Hazard.RENAME_ENUM_VALUE,
                    "breaks the application in use, which sends and expects the value of now",
                    "alter type " + sql.name(2).text()
                            + " add value ...; -- change application and rows; leave the old value in the type");
        }
    }
}
