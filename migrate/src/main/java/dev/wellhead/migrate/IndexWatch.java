package dev.wellhead.migrate;

import dev.wellhead.migrate.MigrationListener.StatementEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener, while an index is being built, how far the build is: asked by a thread of its own on a connection of
 * its own, since the run's is busy building. Trouble with it is logged and changes nothing.
 */
final class IndexWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexWatch.class);
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    // Blocks are counted while the table is read, tuples while the index is written, lockers while others
    // are waited for.
    private static final String PROGRESS = "select phase, coalesce(100 * blocks_done / nullif(blocks_total, 0),"
            + " 100 * tuples_done / nullif(tuples_total, 0), 100 * lockers_done / nullif(lockers_total, 0), 0)"
            + " from pg_catalog.pg_stat_progress_create_index where pid = cast(? as integer)";

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;

    private IndexWatch(DataSource dataSource, String pid, Duration every, RunObserver observer, StatementEvent event) {
        thread = new Thread(() -> watch(dataSource, pid, every, observer, event), "wellhead-migrate-index-" + pid);
        thread.setDaemon(true);
    }

    static IndexWatch start(
            DataSource dataSource, String pid, Duration every, RunObserver observer, StatementEvent event) {
        IndexWatch watch = new IndexWatch(dataSource, pid, every, observer, event);
        watch.thread.start();
        return watch;
    }

    private void watch(DataSource dataSource, String pid, Duration every, RunObserver observer, StatementEvent event) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            // Each look is a transaction of its own: an open one would hold the build up.
            try (PreparedStatement query = connection.prepareStatement(PROGRESS)) {
                query.setString(1, pid);
                while (!ended.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
                    try (ResultSet row = query.executeQuery()) {
                        if (row.next()) {
                            observer.indexProgress(event, row.getString(1), row.getInt(2));
                        }
                    }
                }
            }
        } catch (SQLException e) {
            LOG.debug("the progress of an index cannot be followed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when the watching has ended, or after a few seconds. */
    @Override
    public void close() {
        ended.countDown();
        try {
            thread.join(FAREWELL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
