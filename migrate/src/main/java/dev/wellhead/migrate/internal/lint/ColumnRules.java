package dev.wellhead.migrate.internal.lint;

import dev.wellhead.migrate.internal.SqlTokens.Kind;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Columns that are added, changed, renamed or dropped. */
final class ColumnRules implements Rule {
    // Functions that are not volatile, and types with a length, which look like calls.
    private static final Set<String> QUIET = Set.of(
            "NOW",
            "TRANSACTION_TIMESTAMP",
            "STATEMENT_TIMESTAMP",
            "CURRENT_SETTING",
            "LOWER",
            "UPPER",
            "MD5",
            "LENGTH",
            "JSONB_BUILD_OBJECT",
            "JSONB_BUILD_ARRAY",
            "JSON_BUILD_OBJECT",
            "JSON_BUILD_ARRAY",
            "TO_CHAR",
            "TO_DATE",
            "TO_TIMESTAMP",
            "MAKE_DATE",
            "MAKE_INTERVAL",
            "TIMEZONE",
            "DATE_TRUNC",
            "EXTRACT",
            "COALESCE",
            "GREATEST",
            "LEAST",
            "NULLIF",
            "CAST",
            "ARRAY",
            "ROW",
            "ABS",
            "DECODE",
            "ENCODE",
            "NUMERIC",
            "DECIMAL",
            "VARCHAR",
            "CHAR",
            "CHARACTER",
            "VARYING",
            "TIMESTAMP",
            "TIMESTAMPTZ",
            "TIME",
            "INTERVAL",
            "BIT",
            "FLOAT",
            "AND",
            "OR",
            "NOT",
            "IN",
            "CASE",
            "WHEN",
            "THEN",
            "ELSE",
            "CURRENT_TIMESTAMP",
            "LOCALTIMESTAMP",
            "DATE",
            "TO_JSONB");
    private static final Pattern LENGTH = Pattern.compile("(?:varchar|character varying)\\((\\d+)\\)");
    private static final Pattern PRECISION = Pattern.compile("(?:numeric|decimal)\\((\\d+)(?:, ?(\\d+))?\\)");

    @Override
    public void check(Sql sql, Known known, Problems problems) {
        AlterTable alter = AlterTable.of(sql);
        if (alter == null || known.isNew(alter.table())) {
            return;
        }
        for (Sql action : alter.actions()) {
            Sql added = AlterTable.addedColumn(action);
            if (added != null) {
                added(alter.table(), Column.of(added), problems);
            } else if (action.starts("DROP") && !action.is(1, "CONSTRAINT")) {
                dropped(alter.table(), action, problems);
            } else if (action.starts("RENAME") && !action.is(1, "TO") && !action.is(1, "CONSTRAINT")) {
                renamed(alter.table(), action, problems);
            } else if (action.starts("ALTER")) {
                changed(alter.table(), action, known, problems);
            }
        }
    }

    private static void added(String table, Column column, Problems problems) {
        String add = "alter table " + table + " add column " + column.name() + " " + column.type();
        String set = "alter table " + table + " alter column " + column.name() + " set default ";
        String fill = "; -- in a later migration, in batches: update " + table + " set " + column.name() + " = ...";
        Sql value = column.defaultValue();
        if (column.isGenerated()) {
            if (column.rest().has("STORED")) {
                problems.add(
                        Hazard.ADD_COLUMN_GENERATED,
                        "computes the column for every row, so it rewrites " + table + " while reads and writes wait",
                        add + fill + ", kept by a trigger or by the application");
            }
        } else if (column.isSerial() || column.isIdentity()) {
            String type = column.isSerial() ? column.type().replace("serial", "int") : column.type();
            problems.add(
                    Hazard.ADD_COLUMN_SERIAL,
                    "numbers every row, so it rewrites " + table + " while reads and writes wait",
                    "create sequence " + AlterTable.lastPart(table) + "_" + column.name() + "_seq;\nalter table "
                            + table
                            + " add column " + column.name() + " " + type + ";\n" + set + "nextval('"
                            + AlterTable.lastPart(table) + "_" + column.name() + "_seq')" + fill);
        } else if (isVolatile(value)) {
            String call = value.text().replace(" (", "(");
            problems.add(
                    Hazard.ADD_COLUMN_VOLATILE_DEFAULT,
                    "evaluates " + call + ", volatile unless declared otherwise, for every row, so it rewrites " + table
                            + " while reads and writes wait",
                    add + ";\n" + set + call + fill);
        }
        boolean empty = value.size() == 0 || (value.size() == 1 && value.at(0).is("NULL"));
        if (column.isNotNull() && empty && !column.isGenerated() && !column.isSerial() && !column.isIdentity()) {
            problems.add(
                    Hazard.ADD_COLUMN_NOT_NULL,
                    "fails if " + table + " has a row, and the application's INSERTs of now fail after it",
                    add + " default ... not null; -- a constant costs nothing; or without not null, filled later");
        }
        if (column.rest().has("UNIQUE")
                || column.isPrimaryKey()
                || column.rest().has("CHECK")) {
            problems.add(
                    Hazard.ADD_COLUMN_CONSTRAINT,
                    "checks the constraint of the new column over all of " + table + " while reads and writes wait",
                    add + "; -- then add the constraint as add-unique or add-check say");
        }
        if (column.rest().has("REFERENCES") && !empty) {
            problems.add(
                    Hazard.ADD_FOREIGN_KEY,
                    "checks every row of " + table + " while writes to both tables wait",
                    add + "; -- then add the foreign key not valid, and validate it in a later migration");
        }
    }

    private static boolean isVolatile(Sql value) {
        for (int i = 0; i + 1 < value.size(); i++) {
            Token token = value.at(i);
            if (token.isName()
                    && value.at(i + 1).is("(")
                    && !(token.kind() == Kind.WORD && QUIET.contains(token.text()))) {
                return true;
            }
        }
        return false;
    }

    private static void dropped(String table, Sql action, Problems problems) {
        int at = action.skip(action.skip(1, "COLUMN"), "IF", "EXISTS");
        String column = action.name(at).text();
        problems.add(
                Hazard.DROP_COLUMN,
                "breaks the application in use if it still names " + table + "." + column
                        + ", as prepared statements and SELECT * of ORMs do",
                "-- first release a version that does not name it; then, in a later migration:\nalter table " + table
                        + " drop column " + column
                        + ";\n-- wellhead:allow drop-column nothing reads it since release ...");
    }

    private static void renamed(String table, Sql action, Problems problems) {
        int at = action.skip(1, "COLUMN");
        Sql.Name from = action.name(at);
        String to = action.name(from.next() + 1).text();
        problems.add(
                Hazard.RENAME_COLUMN,
                "breaks the application in use, which knows " + table + "." + from.text() + " and not " + to,
                "alter table " + table + " add column " + to + " ...; -- write both, fill it in batches, read it; drop "
                        + from.text() + " in a later migration");
    }

    private static void changed(String table, Sql action, Known known, Problems problems) {
        Sql.Name column = action.name(action.skip(1, "COLUMN"));
        String alter = "alter table " + table + " ";
        if (action.is(column.next(), "SET", "NOT", "NULL")) {
            if (!known.isProvedNotNull(table, column.text())) {
                String constraint = AlterTable.lastPart(table) + "_" + column.text() + "_not_null";
                problems.add(
                        Hazard.SET_NOT_NULL,
                        "reads all of " + table + " to look for nulls while reads and writes wait",
                        alter + "add constraint " + constraint + " check (" + column.text()
                                + " is not null) not valid;\n"
                                + "-- in a later migration\n" + alter + "validate constraint " + constraint + ";\n"
                                + "-- in a later migration\n" + alter + "alter column " + column.text()
                                + " set not null;\n" + alter + "drop constraint " + constraint + ";");
            }
            return;
        }
        int type = action.indexFrom(column.next(), "TYPE");
        if (type > 0) {
            String to = Column.typeOf(action.from(type + 1));
            if (action.has("USING") || !keepsRows(known.typeOf(table, column.text()), to)) {
                problems.add(
                        Hazard.CHANGE_TYPE,
                        "rewrites " + table
                                + " and its indexes while reads and writes wait, unless both types are stored"
                                + " alike (varchar to a longer one or to text); the application must know the new type at once",
                        alter + "add column " + column.text() + "_new " + to
                                + "; -- write both, fill it in batches, read the new one; drop the old in a later migration");
            }
        }
    }

    /** Returns whether every value of one type is stored alike in the other, so that nothing is rewritten. */
    private static boolean keepsRows(String from, String to) {
        if (from.isEmpty()) {
            return false;
        }
        Matcher oldLength = LENGTH.matcher(from);
        boolean text = from.equals("varchar") || from.equals("character varying") || from.equals("text");
        if (oldLength.matches() || text) {
            Matcher newLength = LENGTH.matcher(to);
            return to.equals("text")
                    || to.equals("varchar")
                    || to.equals("character varying")
                    || (!text
                            && newLength.matches()
                            && Integer.parseInt(newLength.group(1)) >= Integer.parseInt(oldLength.group(1)));
        }
        Matcher oldPrecision = PRECISION.matcher(from);
        Matcher newPrecision = PRECISION.matcher(to);
        return oldPrecision.matches()
                && (to.equals("numeric")
                        || to.equals("decimal")
                        || (newPrecision.matches()
                                && scale(oldPrecision).equals(scale(newPrecision))
                                && Integer.parseInt(newPrecision.group(1)) >= Integer.parseInt(oldPrecision.group(1))));
    }

    private static String scale(Matcher precision) {
        return precision.group(2) == null ? "0" : precision.group(2);
    }
}
