package dev.wellhead.migrate.internal.lint;

import dev.wellhead.migrate.internal.SqlTokens.Kind;
import java.util.Set;

/**
 * The definition of a column, as CREATE TABLE and ADD COLUMN have it.
 *
 * @param name its name
 * @param type its type, in lower case and without blanks it does not need
 * @param rest what stands behind the type
 */
record Column(String name, String type, Sql rest) {
    private static final Set<String> BEHIND_TYPE = Set.of(
            "NOT",
            "NULL",
            "DEFAULT",
            "PRIMARY",
            "UNIQUE",
            "REFERENCES",
            "CHECK",
            "GENERATED",
            "COLLATE",
            "CONSTRAINT",
            "AS",
            "USING",
            "STORAGE",
            "COMPRESSION",
            "AUTOINCREMENT");
    private static final Set<String> NO_COLUMN =
            Set.of("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE");

    /** Returns whether this part of a CREATE TABLE defines a column. */
    static boolean isColumn(Sql part) {
        Token first = part.at(0);
        return first.isName() && !(first.kind() == Kind.WORD && NO_COLUMN.contains(first.text()));
    }

    static Column of(Sql definition) {
        Sql.Name name = definition.name(0);
        Sql behind = definition.from(name.next());
        int end = endOfType(behind);
        return new Column(name.text(), behind.before(end).text().replace(" (", "("), behind.from(end));
    }

    static String typeOf(Sql sql) {
        return sql.before(endOfType(sql)).text().replace(" (", "(");
    }

    private static int endOfType(Sql sql) {
        int end = 0;
        while (end < sql.size()) {
            Token token = sql.at(end);
            if (token.kind() == Kind.WORD && BEHIND_TYPE.contains(token.text())) {
                break;
            }
            end++;
        }
        return end;
    }

    /** Returns whether it refuses nulls. */
    boolean isNotNull() {
        return rest.has("NOT", "NULL") || isPrimaryKey();
    }

    boolean isPrimaryKey() {
        return rest.has("PRIMARY", "KEY");
    }

    boolean isGenerated() {
        return rest.has("GENERATED", "ALWAYS", "AS", "(") || rest.starts("AS", "(");
    }

    boolean isIdentity() {
        return rest.has("AS", "IDENTITY");
    }

    boolean isSerial() {
        return Set.of("serial", "bigserial", "smallserial", "serial4", "serial8", "serial2")
                .contains(type);
    }

    /** Returns what stands behind DEFAULT up to the next constraint; of no size if there is none. */
    Sql defaultValue() {
        int at = rest.indexOf("DEFAULT");
        if (at < 0) {
            return rest.before(0);
        }
        Sql behind = rest.from(at + 1);
        int end = 1;
        while (end < behind.size()
                && !(behind.at(end).kind() == Kind.WORD
                        && BEHIND_TYPE.contains(behind.at(end).text()))) {
            end++;
        }
        return behind.before(end);
    }
}
