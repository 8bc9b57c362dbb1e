package dev.wellhead.migrate.internal;

import dev.wellhead.migrate.internal.SqlTokens.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which locks a statement of PostgreSQL takes on tables that exist already, as far as its words tell. After
 * https://www.postgresql.org/docs/current/explicit-locking.html and the pages of the statements.
 */
public final class TableLocks {
    private static final String ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE";
    private static final String SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE";
    private static final String SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE";

    private TableLocks() {}

    /**
     * One lock.
     *
     * @param table the table, as the statement names it
     * @param mode as {@code ACCESS EXCLUSIVE}
     */
    public record Lock(Name table, String mode) {
        @Override
        public String toString() {
            return mode + " on " + table;
        }
    }

    /** Returns the locks of a statement; none if it takes none on tables, or its words do not tell. */
    public static List<Lock> of(String sql) {
        SqlTokens tokens = SqlTokens.of(sql, true);
        return switch (tokens.text(0).toUpperCase(Locale.ROOT)) {
            case "ALTER" -> altered(tokens);
            case "CREATE" -> created(tokens);
            case "DROP" -> dropped(tokens);
            case "TRUNCATE" -> names(tokens, tokens.skip(tokens.skip(1, "TABLE"), "ONLY"), ACCESS_EXCLUSIVE);
            case "INSERT" -> names(tokens, tokens.skip(1, "INTO"), "ROW EXCLUSIVE");
            case "UPDATE" -> names(tokens, tokens.skip(1, "ONLY"), "ROW EXCLUSIVE");
            case "DELETE" -> names(tokens, tokens.skip(tokens.skip(1, "FROM"), "ONLY"), "ROW EXCLUSIVE");
            case "COPY" -> tokens.find(1, "FROM") > 0 ? names(tokens, 1, "ROW EXCLUSIVE") : List.of();
            case "LOCK" -> locked(tokens);
            case "VACUUM" -> vacuumed(tokens);
            case "CLUSTER" -> names(tokens, tokens.skip(1, "VERBOSE"), ACCESS_EXCLUSIVE);
            case "REINDEX" -> reindexed(tokens);
            case "REFRESH" ->
                tokens.is(3, "CONCURRENTLY") ? names(tokens, 4, "EXCLUSIVE") : names(tokens, 3, ACCESS_EXCLUSIVE);
            default -> List.of();
        };
    }

    private static List<Lock> altered(SqlTokens tokens) {
        if (!tokens.is(1, "TABLE")) {
            return List.of();
        }
        Name table = tokens.name(tokens.skip(tokens.skip(2, "IF", "EXISTS"), "ONLY"));
        int at = table.next();
        List<Lock> locks = new ArrayList<>();
        boolean weak = tokens.are(at, "VALIDATE", "CONSTRAINT")
                || tokens.are(at, "CLUSTER", "ON")
                || tokens.are(at, "SET", "WITHOUT", "CLUSTER")
                || tokens.are(at, "ATTACH", "PARTITION")
                || (tokens.are(at, "DETACH", "PARTITION") && tokens.find(at, "CONCURRENTLY") > 0)
                || (tokens.is(at, "ALTER") && tokens.find(at, "STATISTICS") > 0 && tokens.find(at, ",") < 0);
        boolean foreignKey = tokens.is(at, "ADD")
                && tokens.find(at, "FOREIGN") > 0
                && tokens.find(at, "COLUMN") < 0
                && tokens.find(at, ",") < 0;
        boolean trigger = (tokens.is(at, "ENABLE") || tokens.is(at, "DISABLE")) && tokens.find(at, "TRIGGER") > 0;
        if (foreignKey || trigger) {
            locks.add(new Lock(table, SHARE_ROW_EXCLUSIVE));
        } else {
            locks.add(new Lock(table, weak ? SHARE_UPDATE_EXCLUSIVE : ACCESS_EXCLUSIVE));
        }
        int references = tokens.find(at, "REFERENCES");
        if (references > 0) {
            locks.add(new Lock(tokens.name(references + 1), SHARE_ROW_EXCLUSIVE));
        }
        if (tokens.are(at, "ATTACH", "PARTITION")) {
            locks.add(new Lock(tokens.name(at + 2), ACCESS_EXCLUSIVE));
        } else if (tokens.are(at, "DETACH", "PARTITION")) {
            locks.add(new Lock(tokens.name(at + 2), ACCESS_EXCLUSIVE));
        }
        return locks;
    }

    private static List<Lock> created(SqlTokens tokens) {
        int index = tokens.find(1, "INDEX");
        if (index == 1 || (index == 2 && tokens.is(1, "UNIQUE"))) {
            int on = tokens.find(index, "ON");
            String mode = tokens.is(index + 1, "CONCURRENTLY") ? SHARE_UPDATE_EXCLUSIVE : "SHARE";
            return names(tokens, tokens.skip(on + 1, "ONLY"), mode);
        }
        int trigger = tokens.find(1, "TRIGGER");
        if (trigger > 0 && trigger < 5) {
            return names(tokens, tokens.find(trigger, "ON") + 1, SHARE_ROW_EXCLUSIVE);
        }
        if (tokens.is(1, "RULE") || tokens.is(3, "RULE")) {
            return names(tokens, tokens.find(1, "TO") + 1, ACCESS_EXCLUSIVE);
        }
        if (tokens.is(1, "POLICY")) {
            return names(tokens, tokens.find(1, "ON") + 1, ACCESS_EXCLUSIVE);
        }
        if (tokens.is(1, "TABLE")) {
            int partition = tokens.find(1, "PARTITION");
            if (partition > 0 && tokens.is(partition + 1, "OF")) {
                return names(tokens, partition + 2, ACCESS_EXCLUSIVE);
            }
        }
        return List.of();
    }

    private static List<Lock> dropped(SqlTokens tokens) {
        boolean relation = tokens.is(1, "TABLE") || tokens.are(1, "MATERIALIZED", "VIEW") || tokens.is(1, "VIEW");
        if (relation) {
            return names(tokens, tokens.skip(tokens.is(1, "MATERIALIZED") ? 3 : 2, "IF", "EXISTS"), ACCESS_EXCLUSIVE);
        }
        if (tokens.is(1, "TRIGGER") || tokens.is(1, "RULE") || tokens.is(1, "POLICY")) {
            return names(tokens, tokens.find(1, "ON") + 1, ACCESS_EXCLUSIVE);
        }
        return List.of();
    }

    private static List<Lock> locked(SqlTokens tokens) {
        int in = tokens.find(1, "IN");
        int mode = tokens.find(1, "MODE");
        StringBuilder words = new StringBuilder();
        for (int i = in + 1; in > 0 && i < mode; i++) {
            words.append(words.length() == 0 ? "" : " ").append(tokens.text(i).toUpperCase(Locale.ROOT));
        }
        return names(
                tokens,
                tokens.skip(tokens.skip(1, "TABLE"), "ONLY"),
                words.length() == 0 ? ACCESS_EXCLUSIVE : words.toString());
    }

    private static List<Lock> vacuumed(SqlTokens tokens) {
        int at = tokens.is(1, "(") ? tokens.behindParentheses(1) : 1;
        boolean full = false;
        for (int i = 1; i < at; i++) {
            full |= tokens.is(i, "FULL");
        }
        while (tokens.is(at, "FULL")
                || tokens.is(at, "FREEZE")
                || tokens.is(at, "VERBOSE")
                || tokens.is(at, "ANALYZE")) {
            full |= tokens.is(at, "FULL");
            at++;
        }
        return names(tokens, at, full ? ACCESS_EXCLUSIVE : SHARE_UPDATE_EXCLUSIVE);
    }

    private static List<Lock> reindexed(SqlTokens tokens) {
        int at = tokens.is(1, "(") ? tokens.behindParentheses(1) : 1;
        if (!tokens.is(at, "TABLE")) {
            return List.of();
        }
        return tokens.is(at + 1, "CONCURRENTLY")
                ? names(tokens, at + 2, SHARE_UPDATE_EXCLUSIVE)
                : names(tokens, at + 1, "SHARE");
    }

    private static List<Lock> names(SqlTokens tokens, int from, String mode) {
        List<Lock> locks = new ArrayList<>();
        int at = from;
        while (at > 0) {
            Name name = tokens.name(at);
            if (name.name().isEmpty()) {
                break;
            }
            locks.add(new Lock(name, mode));
            at = tokens.is(name.next(), ",") ? name.next() + 1 : -1;
        }
        return locks;
    }
}
