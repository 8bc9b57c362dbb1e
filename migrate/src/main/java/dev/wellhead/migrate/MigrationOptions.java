package dev.wellhead.migrate;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a migrator was told.
 *
 * @param schema null for the connection's current one
 * @param lockTimeout null for none
 * @param besideOtherHistories whether histories of other tools are none of its business
 * @param indexProgress how often the listener is told how far an index is, null for never
 */
record MigrationOptions(
        DataSource dataSource,
        MigrationSource source,
        @Nullable String schema,
        String historyTable,
        boolean outOfOrder,
        Duration lockWait,
        @Nullable Duration lockTimeout,
        Duration lockRetry,
        @Nullable Duration indexProgress,
        Ticker ticker,
        Clock clock,
        MetricSink metrics,
        MigrationListener listener,
        InspectionOptions inspection,
        boolean besideOtherHistories) {
    /** The listener that does nothing. */
    static final MigrationListener NOBODY = new MigrationListener() {};

    /** The same for another database and other migrations, of which nobody is told. */
    MigrationOptions elsewhere(DataSource other, MigrationSource migrations) {
        return new MigrationOptions(
                other,
                migrations,
                schema,
                historyTable,
                outOfOrder,
                lockWait,
                lockTimeout,
                lockRetry,
                null,
                ticker,
                clock,
                MetricSink.none(),
                NOBODY,
                inspection,
                besideOtherHistories);
    }
}
