package dev.wellhead.migrate.internal.lint;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the statements so far say about the database: which tables are new in this run, and so empty and in nobody's use,
 * which index is on which table, what type a column has, which constraints are proved. For one thread.
 */
final class Known {
    private final Set<String> comingBack = new HashSet<>();
    private final Set<String> newTables = new HashSet<>();
    private final Map<String, String> tableOfIndex = new HashMap<>();
    private final Map<String, String> typeOfColumn = new HashMap<>();
    private final Map<String, String> openChecks = new HashMap<>();
    private final Set<String> provedNotNull = new HashSet<>();
    private final Set<String> provedTables = new HashSet<>();

    /** Says which statements come next: a table that one of them names anew is not gone for good. */
    void startScript(List<Sql> statements) {
        comingBack.clear();
        for (Sql sql : statements) {
            AlterTable alter = AlterTable.of(sql);
            if (alter != null && alter.actions().get(0).starts("RENAME", "TO")) {
                comingBack.add(key(alter.actions().get(0).name(2).text()));
            }
        }
    }

    /** Returns whether another table takes this name in the same script. */
    boolean comesBack(String table) {
        return comingBack.contains(key(table));
    }

    /** From here on another run: what was new is in use. */
    void startRun() {
        newTables.clear();
    }

    boolean isNew(String table) {
        return newTables.contains(key(table));
    }

    /** Returns the table that an index is on; empty if no statement has said. */
    String tableOf(String index) {
        return tableOfIndex.getOrDefault(key(index), "");
    }

    /** Returns the type of a column; empty if no statement has said. */
    String typeOf(String table, String column) {
        return typeOfColumn.getOrDefault(key(table) + "." + column, "");
    }

    /** Returns whether a checked constraint says that the column holds no null. */
    boolean isProvedNotNull(String table, String column) {
        return provedNotNull.contains(key(table) + "." + column);
    }

    /** Returns whether there is a checked CHECK on the table. */
    boolean isProved(String table) {
        return provedTables.contains(key(table));
    }

    // The schemas that need not be named.
    private static String key(String name) {
        return name.startsWith("public.") ? name.substring(7) : name.startsWith("main.") ? name.substring(5) : name;
    }

    /** Learns from a statement that was looked at. */
    void learn(Sql sql) {
        if (sql.starts("CREATE")) {
            created(sql);
        } else if (sql.starts("SELECT") && sql.has("INTO")) {
            newTables.add(
                    key(sql.name(sql.skip(sql.indexOf("INTO") + 1, "TABLE")).text()));
        } else if (sql.starts("DROP", "TABLE")) {
            sql.names(sql.skip(2, "IF", "EXISTS")).forEach(table -> newTables.remove(key(table)));
        } else {
            AlterTable alter = AlterTable.of(sql);
            if (alter != null) {
                alter.actions().forEach(action -> altered(alter.table(), action));
            }
        }
    }

    private void created(Sql sql) {
        int table = sql.indexOf("TABLE");
        int view = sql.indexOf("MATERIALIZED", "VIEW");
        int index = sql.indexOf("INDEX");
        if (index == 1 || index == 2) {
            int on = sql.indexOf("ON");
            int at = sql.skip(sql.skip(index + 1, "CONCURRENTLY"), "IF", "NOT", "EXISTS");
            if (on > at) {
                String name = sql.name(at).text();
                String onTable = sql.name(sql.skip(on + 1, "ONLY")).text();
                tableOfIndex.put(key(name), onTable);
                int dot = onTable.lastIndexOf('.');
                if (dot > 0) {
                    tableOfIndex.put(onTable.substring(0, dot + 1) + name, onTable);
                }
            }
        } else if (view == 1) {
            newTables.add(key(sql.name(sql.skip(3, "IF", "NOT", "EXISTS")).text()));
        } else if (table > 0 && table <= 4) {
            Sql.Name name = sql.name(sql.skip(table + 1, "IF", "NOT", "EXISTS"));
            newTables.add(key(name.text()));
            if (sql.is(name.next(), "(")) {
                for (Sql part : sql.inside(name.next()).split()) {
                    if (Column.isColumn(part)) {
                        learn(name.text(), Column.of(part));
                    }
                }
            }
        }
    }

    private void learn(String table, Column column) {
        typeOfColumn.put(key(table) + "." + column.name(), column.type());
    }

    private void altered(String table, Sql action) {
        Sql column = AlterTable.addedColumn(action);
        Sql constraint = AlterTable.addedConstraint(action);
        if (action.starts("RENAME", "TO")) {
            String to = action.name(2).text();
            if (newTables.remove(key(table))) {
                newTables.add(key(table.contains(".") ? table.substring(0, table.lastIndexOf('.') + 1) + to : to));
            }
        } else if (constraint != null && constraint.starts("CHECK")) {
            boolean open = action.has("NOT", "VALID");
            Sql condition = constraint.inside(1);
            boolean notNull = condition.size() == 4 && condition.is(1, "IS", "NOT", "NULL");
            String proves = key(table) + "." + (notNull ? condition.name(0).text() : "");
            if (open) {
                openChecks.put(key(table) + "." + action.name(2).text(), proves);
            } else {
                prove(table, proves);
            }
        } else if (action.starts("VALIDATE", "CONSTRAINT")) {
            String proves = openChecks.remove(key(table) + "." + action.name(2).text());
            if (proves != null) {
                prove(table, proves);
            }
        } else if (column != null) {
            learn(table, Column.of(column));
        } else if (action.starts("ALTER")) {
            Sql.Name name = action.name(action.skip(1, "COLUMN"));
            int type = action.indexFrom(name.next(), "TYPE");
            if (type > 0) {
                typeOfColumn.put(key(table) + "." + name.text(), Column.typeOf(action.from(type + 1)));
            }
        }
    }

    private void prove(String table, String proves) {
        provedTables.add(key(table));
        if (!proves.endsWith(".")) {
            provedNotNull.add(proves);
        }
    }
}
