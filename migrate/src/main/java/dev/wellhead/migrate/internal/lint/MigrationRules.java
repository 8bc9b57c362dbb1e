package dev.wellhead.migrate.internal.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What statements of one migration do to each other: its locks are held to its end. For one migration and one thread. */
final class MigrationRules {
    private final boolean postgres;
    private boolean lockTimeout;

    private boolean ownTransaction;
    private boolean toldOfTimeout;
    private final Set<String> exclusive = new HashSet<>();
    private final Set<String> openConstraints = new HashSet<>();

    // SQLite
    private boolean begun;
    private boolean foreignKeysOff;
    private final List<String> dropped = new ArrayList<>();

    /**
     * Starts a migration.
     *
     * @param lockTimeout whether its statements wait for locks for a bounded time
     */
    MigrationRules(boolean postgres, boolean lockTimeout) {
        this.postgres = postgres;
        this.lockTimeout = lockTimeout;
    }

    void check(Sql sql, List<TableLock> locks, Known known, Problems problems) {
        if (postgres) {
            transaction(sql);
            concurrently(sql, problems);
            validated(sql, known, problems);
            timeout(sql, locks, problems);
            rows(sql, known, problems);
            several(locks, problems);
        } else {
            sqlite(sql, known, problems);
        }
    }

    private void transaction(Sql sql) {
        if (sql.starts("BEGIN") || sql.starts("START", "TRANSACTION")) {
            ownTransaction = true;
        } else if (sql.starts("COMMIT") || sql.starts("END") || sql.starts("ROLLBACK")) {
            ownTransaction = false;
        }
    }

    private void concurrently(Sql sql, Problems problems) {
        boolean index = (sql.starts("CREATE") || sql.starts("DROP") || sql.starts("REINDEX"))
                && sql.hasAnywhere("CONCURRENTLY");
        boolean detach = sql.starts("ALTER", "TABLE") && sql.has("DETACH", "PARTITION") && sql.has("CONCURRENTLY");
        if (ownTransaction && (index || detach)) {
            problems.add(
                    Hazard.CONCURRENTLY_IN_TRANSACTION,
                    "cannot run between the BEGIN and COMMIT of this script: the server refuses it there",
                    "commit;\n" + sql.text() + ";");
        }
    }

    private void validated(Sql sql, Known known, Problems problems) {
        AlterTable alter = AlterTable.of(sql);
        if (alter == null || known.isNew(alter.table())) {
            return;
        }
        for (Sql action : alter.actions()) {
            if (action.starts("ADD", "CONSTRAINT") && action.has("NOT", "VALID")) {
                openConstraints.add(alter.table() + "." + action.name(2).text());
            } else if (action.starts("VALIDATE", "CONSTRAINT")) {
                String name = action.name(2).text();
                if (openConstraints.contains(alter.table() + "." + name)) {
                    problems.add(
                            Hazard.VALIDATE_IN_SAME_TRANSACTION,
                            "checks every row of " + alter.table()
                                    + " while the lock of the ADD CONSTRAINT above is still held, so NOT VALID gained nothing",
                            "-- in a later migration\nalter table " + alter.table() + " validate constraint " + name
                                    + ";");
                }
            }
        }
    }

    private void timeout(Sql sql, List<TableLock> locks, Problems problems) {
        if (sql.starts("SET") && sql.hasAnywhere("LOCK_TIMEOUT")) {
            Token value = sql.at(sql.size() - 1);
            lockTimeout = !value.text().equals("0") && !value.is("DEFAULT");
        }
        boolean stops = locks.stream().anyMatch(lock -> lock.mode().stopsWrites());
        if (stops && !lockTimeout && !toldOfTimeout) {
            toldOfTimeout = true;
            problems.add(
                    Hazard.NO_LOCK_TIMEOUT,
                    "waits for its lock without end, behind whoever holds a lesser one, and everyone else waits behind it",
                    "set local lock_timeout = '5s';\n" + sql.text() + ";");
        }
    }

    private void rows(Sql sql, Known known, Problems problems) {
        boolean update = sql.starts("UPDATE");
        boolean delete = sql.starts("DELETE", "FROM");
        boolean insert = sql.starts("INSERT", "INTO") && sql.hasAnywhere("SELECT");
        int at = update ? sql.skip(1, "ONLY") : sql.skip(2, "ONLY");
        String table = update || delete || insert ? sql.name(at).text() : "";
        if (exclusive.contains(table) && !known.isNew(table)) {
            problems.add(
                    Hazard.ROWS_BEHIND_LOCK,
                    "changes rows while reads and writes of " + table
                            + " wait: a statement above locked it for the rest of" + " this transaction",
                    "-- in a later migration, or in batches outside of migrations\n" + sql.text() + ";");
        }
    }

    private void several(List<TableLock> locks, Problems problems) {
        for (TableLock lock : locks) {
            if (lock.mode() == LockMode.ACCESS_EXCLUSIVE && exclusive.add(lock.table()) && exclusive.size() == 2) {
                problems.add(
                        Hazard.SEVERAL_EXCLUSIVE_LOCKS,
                        "locks " + lock.table()
                                + " against reads and writes while a statement above holds such a lock on "
                                + "another table: readers of both wait for the longer, and may deadlock with this",
                        "-- one migration for each table");
            }
        }
    }

    private void sqlite(Sql sql, Known known, Problems problems) {
        if (sql.starts("PRAGMA")) {
            if (sql.hasAnywhere("FOREIGN_KEYS")) {
                foreignKeys(sql, problems);
            }
            return;
        }
        begun = true;
        if (sql.starts("DROP", "TABLE")) {
            dropped.addAll(sql.names(sql.skip(2, "IF", "EXISTS")));
        }
        AlterTable alter = AlterTable.of(sql);
        if (alter != null && alter.actions().get(0).starts("RENAME", "TO")) {
            String to = alter.actions().get(0).name(2).text();
            if (dropped.contains(to) && known.isNew(alter.table()) && !foreignKeysOff) {
                problems.add(
                        Hazard.SQLITE_REBUILD,
                        "rebuilds " + to
                                + " with foreign keys on: its DROP TABLE deletes the rows first, so rows that refer"
                                + " to them go by ON DELETE CASCADE or are set to null",
                        "pragma foreign_keys = off;\n-- create, copy, drop, rename\npragma foreign_key_check;\n"
                                + "pragma foreign_keys = on;");
            }
        }
    }

    private void foreignKeys(Sql sql, Problems problems) {
        Token value = sql.at(sql.size() - 1).is(")") ? sql.at(sql.size() - 2) : sql.at(sql.size() - 1);
        boolean off = value.is("OFF") || value.text().equals("0") || value.is("FALSE") || value.is("NO");
        if (off && begun) {
            problems.add(
                    Hazard.SQLITE_FOREIGN_KEYS,
                    "does nothing inside a transaction, and the statements above have begun one",
                    "pragma foreign_keys = off; -- as the first statement\n-- ...\npragma foreign_key_check;\n"
                            + "pragma foreign_keys = on;");
        }
        foreignKeysOff = off && !begun;
    }
}
