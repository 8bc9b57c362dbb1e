package dev.wellhead.pool;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what SQL may leave behind, by the text of the statement, as services run the same few hundred texts over and
 * over. Thread-safe; a race costs a second look at most.
 */
final class SqlEffects {
    private static final int REMEMBERED = 256;
    private static final int LONGEST_REMEMBERED = 8192;

    private final AtomicReferenceArray<@Nullable Known> known = new AtomicReferenceArray<>(REMEMBERED);

    private record Known(String sql, SqlDialect dialect, int effects) {}

    /** Returns the bits of {@link SessionState} that stand for what the SQL may change. Allocates nothing if it is known. */
    int of(String sql, SqlDialect dialect) {
        int at = spread(sql.hashCode()) & (REMEMBERED - 1);
        Known before = known.get(at);
        if (before != null && before.dialect == dialect && before.sql.equals(sql)) {
            return before.effects;
        }
        int effects = StatementEffects.of(sql, dialect);
        if (sql.length() <= LONGEST_REMEMBERED) {
            known.lazySet(at, new Known(sql, dialect, effects));
        }
        return effects;
    }

    private static int spread(int hash) {
        return hash ^ (hash >>> 8) ^ (hash >>> 16);
    }
}
