package dev.wellhead.jdbc.internal;

import dev.wellhead.core.Ticker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A session-level advisory lock of PostgreSQL on a connection of its own, in auto-commit and with no transaction open:
 * a session that waits in a transaction, or holds a snapshot, would block CREATE INDEX CONCURRENTLY. Those who wait
 * therefore poll, and never block inside a lock call. The server frees the lock when the session ends, however it ends.
 *
 * <p>For one thread at a time.
 */
public final class AdvisoryLock implements AutoCloseable {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Connection session;
    private final long key;

    private AdvisoryLock(Connection session, long key) {
        this.session = session;
        this.key = key;
    }

    /** What those who wait look at between two polls. */
    @FunctionalInterface
    public interface Look {
        /**
         * Returns whether the lock is no longer wanted.
         *
         * @param session in auto-commit; to be left without a transaction
         */
        boolean isNeedless(Connection session) throws SQLException;
    }

    /** Returns a lock key for these words: the first 64 bits of their SHA-256, the same in every process. */
    public static long key(String... words) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\0", words).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    /**
     * Takes the lock if it is free; null if another session holds it.
     *
     * @param dataSource unpooled connections, straight to the server: a transaction pooler would lose the lock
     */
    public static @Nullable AdvisoryLock tryAcquire(DataSource dataSource, long key) throws SQLException {
        Connection session = dataSource.getConnection();
        try {
            prepare(session);
            if (call(session, "select pg_try_advisory_lock(?)", key)) {
                return new AdvisoryLock(session, key);
            }
        } catch (SQLException | RuntimeException e) {
            closeBecause(session, e);
            throw e;
        }
        session.close();
        return null;
    }

    /**
     * Waits for the lock, polling on one session at random intervals of up to 200 ms; null if it was not free within
     * {@code maxWait}, or at once if the thread is interrupted (the flag stays set).
     */
    public static @Nullable AdvisoryLock acquire(DataSource dataSource, long key, Duration maxWait, Ticker ticker)
            throws SQLException {
        return acquire(dataSource, key, maxWait, ticker, session -> false);
    }

    /** As {@link #acquire(DataSource, long, Duration, Ticker)}; null also as soon as a look finds the lock needless. */
    public static @Nullable AdvisoryLock acquire(
            DataSource dataSource, long key, Duration maxWait, Ticker ticker, Look look) throws SQLException {
        long deadline = ticker.nanos() + maxWait.toNanos();
        long longest = FIRST_PAUSE_NANOS;
        Connection session = dataSource.getConnection();
        try {
            prepare(session);
            while (true) {
                if (call(session, "select pg_try_advisory_lock(?)", key)) {
                    return new AdvisoryLock(session, key);
                }
                long left = deadline - ticker.nanos();
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    break;
                }
                LockSupport.parkNanos(Math.min(left, ThreadLocalRandom.current().nextLong(longest / 2, longest + 1)));
                longest = Math.min(longest * 2, LONGEST_PAUSE_NANOS);
                if (look.isNeedless(session)) {
                    break;
                }
            }
        } catch (SQLException | RuntimeException e) {
            closeBecause(session, e);
            throw e;
        }
        session.close();
        return null;
    }

    /** Returns the session that holds the lock. Whoever works on it keeps the lock's life and the work's in one place. */
    public Connection session() {
        return session;
    }

    /** Asks the server whether this session still holds the lock. False if the session is gone. */
    public boolean isHeld() {
        // A bigint key is stored in two halves, marked by objsubid 1.
        try (PreparedStatement query = session.prepareStatement("select exists (select 1 from pg_locks"
                + " where locktype = 'advisory' and pid = pg_backend_pid() and granted and objsubid = 1"
                + " and classid = ((?::bigint >> 32) & 4294967295)::oid and objid = (?::bigint & 4294967295)::oid)")) {
            query.setLong(1, key);
            query.setLong(2, key);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        } catch (SQLException e) {
            return false;
        }
    }

    /**
     * Says who holds the lock now, for a message to a person: process id, application and since when; null if nobody
     * does.
     */
    public static @Nullable String holder(Connection connection, long key) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("select format('process %s (%s from %s, connected %s)',"
                        + " a.pid, coalesce(nullif(a.application_name, ''), 'unnamed'), coalesce(host(a.client_addr), 'local'),"
                        + " to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ'))"
                        + " from pg_locks l join pg_stat_activity a using (pid)"
                        + " where l.locktype = 'advisory' and l.granted and l.objsubid = 1"
                        + " and l.database = (select oid from pg_database where datname = current_database())"
                        + " and l.classid = ((?::bigint >> 32) & 4294967295)::oid"
                        + " and l.objid = (?::bigint & 4294967295)::oid")) {
            query.setLong(1, key);
            query.setLong(2, key);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    /** Releases the lock and closes its session. Idempotent. */
    @Override
    public void close() throws SQLException {
        if (session.isClosed()) {
            return;
        }
        try (Connection closing = session) {
            call(closing, "select pg_advisory_unlock(?)", key);
        }
    }

    private static void prepare(Connection session) throws SQLException {
        session.setAutoCommit(true);
        SessionTimeouts.lift(session);
    }

    private static boolean call(Connection session, String sql, long key) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setLong(1, key);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    private static void closeBecause(Connection session, Exception cause) {
        try {
            session.close();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
