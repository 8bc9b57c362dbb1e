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
 */
record MigrationOptions(
        DataSource dataSource,
        MigrationSource source,
        @Nullable String schema,
        String historyTable,
        Duration lockWait,
        @Nullable Duration lockTimeout,
        Duration lockRetry,
        Ticker ticker,
        Clock clock,
        MetricSink metrics,
        MigrationListener listener,
        InspectionOptions inspection) {}
