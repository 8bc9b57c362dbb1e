package dev.wellhead.jdbc.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What SQLite keeps of a schema, its text, taken apart into {@link CatalogObject}s: what the statement said, and not how
 * it was typed. {@code ALTER TABLE} edits that text, and leaves other blanks and quotes in it than a person would.
 */
final class SqliteSchema {
    static final String TEXTS = """
            select type || ' ' || name || ': '
                || replace(replace(replace(coalesce(sql, ''), char(10), ' '), char(13), ' '), char(9), ' ')
            from sqlite_master where name not like 'sqlite\\_%' escape '\\'
            """;

    // Indexes without text belong to a constraint, which the table's text has.
    static final String DEFINITIONS = """
            select type, name, tbl_name, sql from sqlite_master
            where name not like 'sqlite\\_%' escape '\\' and sql is not null
            """;

    private static final String SCHEMA = "main";
    private static final Set<String> CONSTRAINTS = Set.of("constraint", "primary", "unique", "check", "foreign");

    private SqliteSchema() {}

    static List<CatalogObject> objects(String type, String nameAsWritten, String tableAsWritten, String sql) {
        String name = nameAsWritten.toLowerCase(Locale.ROOT);
        String table = tableAsWritten.toLowerCase(Locale.ROOT);
        List<String> tokens = SqliteText.tokens(sql);
        int open = tokens.indexOf("(");
        if (type.equals("table") && !tokens.get(1).equals("virtual") && open > 0) {
            return table(name, tokens.subList(open + 1, tokens.size()));
        }
        String own = type.equals("index") || type.equals("trigger") ? CatalogObject.plain(name) : null;
        return List.of(CatalogObject.of(type, SCHEMA, own == null ? name : table, own, SqliteText.join(tokens)));
    }

    private static List<CatalogObject> table(String name, List<String> body) {
        List<CatalogObject> objects = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        List<String> item = new ArrayList<>();
        int depth = 1;
        int at = 0;
        while (at < body.size() && depth > 0) {
            String token = body.get(at++);
            depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
            if (depth == 0 || (depth == 1 && token.equals(","))) {
                objects.add(item(name, item, columns));
                item = new ArrayList<>();
            } else {
                item.add(token);
            }
        }
        objects.add(CatalogObject.of("table", SCHEMA, name, null, SqliteText.join(body.subList(at, body.size()))));
        objects.add(CatalogObject.of(CatalogObject.COLUMN_ORDER, SCHEMA, name, null, String.join(", ", columns)));
        return objects;
    }

    private static CatalogObject item(String table, List<String> tokens, List<String> columns) {
        String first = tokens.get(0);
        if (!CONSTRAINTS.contains(first)) {
            columns.add(first);
            return CatalogObject.of("column", SCHEMA, table, first, SqliteText.join(tokens.subList(1, tokens.size())));
        }
        // One without a name is named by what it says.
        boolean named = first.equals("constraint") && tokens.size() > 2;
        String text = SqliteText.join(tokens.subList(named ? 2 : 0, tokens.size()));
        return CatalogObject.of(
                "constraint", SCHEMA, table, named ? tokens.get(1) : "(" + text + ")", named ? text : "");
    }
}
