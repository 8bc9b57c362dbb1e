package dev.wellhead.migrate.internal.lint;

import dev.wellhead.jdbc.internal.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which locks a statement takes on tables that were there before, on PostgreSQL, as the server's pg_locks shows them.
 * Statements that are not known here are taken to lock nothing. Pure.
 */
public final class StatementLocks {
    private final Known known;
    private final Map<String, LockMode> modes = new TreeMap<>();

    private StatementLocks(Known known) {
        this.known = known;
    }

    /** Returns the strongest lock on each table, by name, of a statement of PostgreSQL by itself. */
    public static List<TableLock> of(String sql) {
        return of(Sql.of(sql, 1, Dialect.POSTGRESQL), new Known());
    }

    /** Returns the strongest lock on each table that was there before, by name. */
    static List<TableLock> of(Sql sql, Known known) {
        StatementLocks locks = new StatementLocks(known);
        locks.read(sql);
        List<TableLock> list = new ArrayList<>();
        locks.modes.forEach((table, mode) -> list.add(new TableLock(table, mode)));
        return list;
    }

    private void read(Sql sql) {
        switch (sql.at(0).text()) {
            case "CREATE" -> created(sql);
            case "DROP" -> dropped(sql);
            case "ALTER" -> altered(sql);
            case "REINDEX" -> reindexed(sql);
            case "TRUNCATE" -> all(sql.names(sql.skip(1, "TABLE")), LockMode.ACCESS_EXCLUSIVE);
            case "LOCK" -> all(sql.names(sql.skip(1, "TABLE")), lockMode(sql));
            case "CLUSTER" -> cluster(sql);
            case "VACUUM" -> vacuumed(sql);
            case "UPDATE" -> add(sql.name(sql.skip(1, "ONLY")).text(), LockMode.ROW_EXCLUSIVE);
            case "DELETE" -> add(sql.name(sql.skip(2, "ONLY")).text(), LockMode.ROW_EXCLUSIVE);
            case "INSERT" -> add(sql.name(2).text(), LockMode.ROW_EXCLUSIVE);
            case "COPY" -> {
                if (sql.has("FROM")) {
                    add(sql.name(1).text(), LockMode.ROW_EXCLUSIVE);
                }
            }
            case "REFRESH" -> {
                boolean concurrently = sql.is(3, "CONCURRENTLY");
                add(
                        sql.name(concurrently ? 4 : 3).text(),
                        concurrently ? LockMode.EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE);
            }
            default -> {}
        }
    }

    private void created(Sql sql) {
        int at = sql.skip(sql.skip(1, "OR", "REPLACE"), "UNIQUE");
        if (sql.is(at, "INDEX")) {
            boolean concurrently = sql.is(at + 1, "CONCURRENTLY");
            add(onTable(sql), concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.SHARE);
        } else if (sql.is(at, "TRIGGER") || sql.is(at, "CONSTRAINT", "TRIGGER")) {
            add(onTable(sql), LockMode.SHARE_ROW_EXCLUSIVE);
        } else if (sql.is(at, "RULE")) {
            int to = sql.indexOf("TO");
            add(to < 0 ? "" : sql.name(to + 1).text(), LockMode.ACCESS_EXCLUSIVE);
        } else if (sql.is(at, "POLICY")) {
            add(onTable(sql), LockMode.ACCESS_EXCLUSIVE);
        } else if (sql.has("TABLE")) {
            int parent = sql.indexOf("PARTITION", "OF");
            if (parent > 0) {
                add(sql.name(parent + 2).text(), LockMode.ACCESS_EXCLUSIVE);
            }
            references(sql);
        }
    }

    private static String onTable(Sql sql) {
        int on = sql.indexOf("ON");
        return on < 0 ? "" : sql.name(sql.skip(on + 1, "ONLY")).text();
    }

    private void dropped(Sql sql) {
        int at = sql.skip(sql.skip(2, "CONCURRENTLY"), "IF", "EXISTS");
        switch (sql.at(1).text()) {
            case "TABLE" -> all(sql.names(at), LockMode.ACCESS_EXCLUSIVE);
            case "INDEX" -> {
                for (String index : sql.names(at)) {
                    add(
                            known.tableOf(index),
                            sql.is(2, "CONCURRENTLY") ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE);
                }
            }
            case "TRIGGER", "RULE", "POLICY" -> add(onTable(sql), LockMode.ACCESS_EXCLUSIVE);
            case "MATERIALIZED" -> all(sql.names(sql.skip(3, "IF", "EXISTS")), LockMode.ACCESS_EXCLUSIVE);
            default -> {}
        }
    }

    private void reindexed(Sql sql) {
        int kind = sql.has("TABLE") ? sql.indexOf("TABLE") : sql.indexOf("INDEX");
        boolean concurrently = sql.hasAnywhere("CONCURRENTLY");
        String name = sql.name(sql.skip(kind + 1, "CONCURRENTLY")).text();
        if (sql.at(kind).is("TABLE")) {
            add(name, concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.SHARE);
        } else if (sql.at(kind).is("INDEX")) {
            add(known.tableOf(name), concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.SHARE);
        }
    }

    private void cluster(Sql sql) {
        int at = sql.is(1, "(") ? sql.inside(1).size() + 3 : sql.skip(1, "VERBOSE");
        add(sql.name(at).text(), LockMode.ACCESS_EXCLUSIVE);
    }

    private void vacuumed(Sql sql) {
        boolean full = sql.hasAnywhere("FULL");
        int at = sql.is(1, "(") ? sql.inside(1).size() + 3 : 1;
        while (sql.is(at, "FULL") || sql.is(at, "FREEZE") || sql.is(at, "VERBOSE") || sql.is(at, "ANALYZE")) {
            at++;
        }
        all(sql.names(at), full ? LockMode.ACCESS_EXCLUSIVE : LockMode.SHARE_UPDATE_EXCLUSIVE);
    }

    private static LockMode lockMode(Sql sql) {
        int in = sql.indexOf("IN");
        int mode = sql.indexOf("MODE");
        if (in < 0 || mode < in) {
            return LockMode.ACCESS_EXCLUSIVE;
        }
        StringBuilder name = new StringBuilder();
        for (int i = in + 1; i < mode; i++) {
            name.append(name.isEmpty() ? "" : "_").append(sql.at(i).text());
        }
        for (LockMode each : LockMode.values()) {
            if (each.name().equals(name.toString().toUpperCase(Locale.ROOT))) {
                return each;
            }
        }
        return LockMode.ACCESS_EXCLUSIVE;
    }

    private void altered(Sql sql) {
        AlterTable alter = AlterTable.of(sql);
        if (alter == null) {
            return;
        }
        for (Sql action : alter.actions()) {
            action(alter.table(), action);
        }
    }

    private void action(String table, Sql action) {
        Sql constraint = AlterTable.addedConstraint(action);
        if (constraint != null && constraint.starts("FOREIGN", "KEY")) {
            add(table, LockMode.SHARE_ROW_EXCLUSIVE);
            references(constraint);
        } else if (action.starts("VALIDATE") || isWeak(action)) {
            add(table, LockMode.SHARE_UPDATE_EXCLUSIVE);
        } else if ((action.starts("ENABLE") || action.starts("DISABLE")) && action.has("TRIGGER")) {
            add(table, LockMode.SHARE_ROW_EXCLUSIVE);
        } else if (action.starts("ATTACH", "PARTITION")) {
            add(table, LockMode.SHARE_UPDATE_EXCLUSIVE);
            add(action.name(2).text(), LockMode.ACCESS_EXCLUSIVE);
        } else if (action.starts("DETACH", "PARTITION")) {
            boolean concurrently = action.has("CONCURRENTLY");
            add(table, concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE);
            add(action.name(2).text(), LockMode.ACCESS_EXCLUSIVE);
        } else {
            add(table, LockMode.ACCESS_EXCLUSIVE);
            references(action);
        }
    }

    private static boolean isWeak(Sql action) {
        return action.starts("CLUSTER", "ON")
                || action.starts("SET", "WITHOUT", "CLUSTER")
                || (action.starts("ALTER") && action.has("SET", "STATISTICS"));
    }

    private void references(Sql sql) {
        for (int i = 0; i < sql.size(); i++) {
            if (sql.is(i, "REFERENCES")) {
                add(sql.name(i + 1).text(), LockMode.SHARE_ROW_EXCLUSIVE);
            }
        }
    }

    private void all(List<String> tables, LockMode mode) {
        tables.forEach(table -> add(table, mode));
    }

    private void add(String table, LockMode mode) {
        if (!table.isEmpty() && !known.isNew(table)) {
            modes.merge(table, mode, (a, b) -> a.compareTo(b) >= 0 ? a : b);
        }
    }
}
