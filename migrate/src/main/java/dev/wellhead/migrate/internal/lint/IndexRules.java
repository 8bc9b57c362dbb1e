package dev.wellhead.migrate.internal.lint;

/** Indexes that are built, dropped or rebuilt while others work. */
final class IndexRules implements Rule {
    @Override
    public void check(Sql sql, Known known, Problems problems) {
        int index = sql.indexOf("INDEX");
        if (sql.starts("CREATE") && (index == 1 || index == 2)) {
            created(sql, index, known, problems);
        } else if (sql.starts("DROP", "INDEX")) {
            dropped(sql, known, problems);
        } else if (sql.starts("REINDEX") && !sql.hasAnywhere("CONCURRENTLY")) {
            reindexed(sql, known, problems);
        }
    }

    private static void created(Sql sql, int index, Known known, Problems problems) {
        int on = sql.indexOf("ON");
        String table = sql.name(sql.skip(on + 1, "ONLY")).text();
        if (on < 0 || sql.is(index + 1, "CONCURRENTLY") || known.isNew(table)) {
            return;
        }
        problems.add(
                Hazard.CREATE_INDEX,
                "builds an index on " + table + " while all writes to it wait, for as long as reading it takes",
                sql.before(index + 1).text() + " concurrently "
                        + sql.from(index + 1).text() + "; -- in a migration of its own");
    }

    private static void dropped(Sql sql, Known known, Problems problems) {
        if (sql.is(2, "CONCURRENTLY")) {
            return;
        }
        int at = sql.skip(2, "IF", "EXISTS");
        for (String name : sql.names(at)) {
            String table = known.tableOf(name);
            if (known.isNew(table)) {
                continue;
            }
            problems.add(
                    Hazard.DROP_INDEX,
                    "locks " + (table.isEmpty() ? "the table of " + name : table)
                            + " against reads and writes, and waits for every query that uses it before it starts",
                    "drop index concurrently " + (at > 2 ? "if exists " : "") + name
                            + "; -- in a migration of its own");
        }
    }

    private static void reindexed(Sql sql, Known known, Problems problems) {
        int options = sql.is(1, "(") ? 1 + sql.inside(1).size() + 2 : 1;
        Sql.Name name = sql.name(options + 1);
        String table = sql.is(options, "TABLE") ? name.text() : known.tableOf(name.text());
        if (known.isNew(table)) {
            return;
        }
        problems.add(
                Hazard.REINDEX,
                "rebuilds while all writes to the table wait, and all reads that look at the index",
                sql.before(options + 1).text() + " concurrently "
                        + sql.from(options + 1).text() + "; -- in a migration of its own");
    }
}
