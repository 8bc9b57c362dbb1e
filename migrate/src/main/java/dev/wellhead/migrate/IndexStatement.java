package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.SqlTokens;
import dev.wellhead.migrate.internal.SqlTokens.Name;
import org.jspecify.annotations.Nullable;

/**
 * A CREATE INDEX, taken apart.
 *
 * @param unique whether it says so
 * @param name null if PostgreSQL shall choose one; never with a schema, which is that of the table
 * @param table what it is on
 * @param definition what follows the table: method, columns, and so on
 */
record IndexStatement(boolean unique, @Nullable String name, Name table, String definition) {
    /** Returns null if the statement is no CREATE INDEX. */
    static @Nullable IndexStatement of(SqlTokens tokens) {
        boolean unique = tokens.is(1, "UNIQUE");
        int at = unique ? 2 : 1;
        if (!tokens.is(0, "CREATE") || !tokens.is(at, "INDEX")) {
            return null;
        }
        at = tokens.skip(tokens.skip(at + 1, "CONCURRENTLY"), "IF", "NOT", "EXISTS");
        Name name = tokens.is(at, "ON") ? null : tokens.name(at);
        int on = name == null ? at : name.next();
        if (!tokens.is(on, "ON")) {
            return null;
        }
        Name table = tokens.name(tokens.skip(on + 1, "ONLY"));
        return new IndexStatement(
                unique, name == null ? null : name.name(), table, tokens.sql().substring(tokens.start(table.next())));
    }
}
