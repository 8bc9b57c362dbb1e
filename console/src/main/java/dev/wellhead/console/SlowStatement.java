package dev.wellhead.console;

import dev.wellhead.pool.SlowQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The slow executions of one statement. Immutable.
 *
 * @param last the newest
 * @param worst the one that took longest; of several the newest
 * @param count how many there are
 * @param failed how many of them failed
 * @param lastFailure the newest that failed; null if none did
 */
record SlowStatement(
        SlowQuery last,
        SlowQuery worst,
        int count,
        int failed,
        @Nullable SlowQuery lastFailure) {
    /** Puts executions of the same SQL together; the statement that was slow last comes first. */
    static Collection<SlowStatement> of(List<SlowQuery> newestFirst) {
        Map<String, SlowStatement> statements = new LinkedHashMap<>();
        for (SlowQuery query : newestFirst) {
            statements.merge(query.sql(), of(query), SlowStatement::with);
        }
        return statements.values();
    }

    private static SlowStatement of(SlowQuery one) {
        return new SlowStatement(one, one, 1, one.failed() ? 1 : 0, one.failed() ? one : null);
    }

    private SlowStatement with(SlowStatement older) {
        return new SlowStatement(
                last,
                older.worst.duration().compareTo(worst.duration()) > 0 ? older.worst : worst,
                count + older.count,
                failed + older.failed,
                lastFailure == null ? older.lastFailure : lastFailure);
    }

    Map<String, @Nullable Object> shown(Instant now) {
        return Json.object(
                "key",
                Plans.key(last),
                "id",
                Plans.id(worst),
                "sql",
                last.sql(),
                "count",
                count,
                "worstMs",
                worst.duration().toMillis(),
                "lastMs",
                last.duration().toMillis(),
                "agoMs",
                Duration.between(last.startedAt(), now).toMillis(),
                "rows",
                last.rows().isPresent() ? last.rows().getAsLong() : null,
                "thread",
                last.thread(),
                "failed",
                failed,
                "sqlState",
                lastFailure == null ? null : lastFailure.sqlState().orElse(null));
    }
}
