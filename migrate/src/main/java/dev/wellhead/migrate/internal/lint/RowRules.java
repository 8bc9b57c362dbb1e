package dev.wellhead.migrate.internal.lint;

/** Changes of all rows at once. */
final class RowRules implements Rule {
    @Override
    public void check(Sql sql, Known known, Problems problems) {
        if (sql.starts("UPDATE")) {
            String table = sql.name(sql.skip(1, "ONLY")).text();
            if (!sql.has("WHERE") && !known.isNew(table)) {
                problems.add(
                        Hazard.UPDATE_ALL,
                        "writes every row of " + table
                                + " in one transaction: whoever changes one of them waits until all"
                                + " are done, and the table grows to twice its size",
                        sql.text()
                                + " where id between ... and ...; -- in batches, each committed, outside of migrations");
            }
        } else if (sql.starts("DELETE", "FROM")) {
            String table = sql.name(sql.skip(2, "ONLY")).text();
            if (!sql.has("WHERE") && !known.isNew(table)) {
                problems.add(
                        Hazard.DELETE_ALL,
                        "deletes every row of " + table + " one by one in one transaction",
                        sql.text()
                                + " where id between ... and ...; -- in batches, each committed, outside of migrations");
            }
        }
    }
}
