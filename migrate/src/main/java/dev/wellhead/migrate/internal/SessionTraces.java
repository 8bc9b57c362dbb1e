package dev.wellhead.migrate.internal;

import dev.wellhead.jdbc.internal.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells statements that leave nothing in their session, so that it need not be cleared before the next script. When in
 * doubt it must be.
 */
final class SessionTraces {
    private static final Set<String> OBJECTS = Set.of("TABLE", "INDEX", "VIEW");
    private static final Set<String> ROWS = Set.of("INSERT", "UPDATE", "DELETE");
    // What stays: temporary tables, the last values of sequences, and whatever a function may do that a default
    // calls, a check or a generated column.
    private static final List<String> SIGNS =
            List.of("temp", "serial", "identity", "default", "using", "set_config", "check", "validate", "generated");

    private SessionTraces() {}

    static boolean mayLeaveAny(SqlStatement statement, Dialect dialect) {
        String object = statement.token(1);
        boolean ordinary = switch (statement.token(0)) {
            case "CREATE", "ALTER" -> OBJECTS.contains(object);
            // On PostgreSQL a row may take its key from a sequence, whose last value the session keeps.
            default -> dialect == Dialect.SQLITE && ROWS.contains(statement.token(0));
        };
        if (!ordinary) {
            return true;
        }
        String text = statement.text().toLowerCase(Locale.ROOT);
        boolean queries = object.equals("TABLE") && text.contains("select");
        // Of an expression or a condition, as every row is looked at with it.
        boolean calls = object.equals("INDEX") && text.indexOf('(') != text.lastIndexOf('(');
        return queries || calls || SIGNS.stream().anyMatch(text::contains);
    }
}
