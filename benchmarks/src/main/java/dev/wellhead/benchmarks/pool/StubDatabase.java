package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Parking;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database that is not there: what it costs is what it is told to cost, so that whatever else is measured is the pool.
 * Connects and executions take the time that is set, parked; it counts connects. Reached as a {@link DataSource}, or through
 * {@link StubDriver} by its {@link #url()}. Thread-safe.
 */
public final class StubDatabase implements DataSource {
    private static final Map<String, StubDatabase> BY_URL = new ConcurrentHashMap<>();

    private final String url = StubDriver.PREFIX + (BY_URL.size() + 1);
    private final Queue<Long> attempts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connecting = new AtomicInteger();
    private final AtomicInteger mostConnecting = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private volatile long connectNanos;
    private volatile long executeNanos;
    private volatile boolean down;
    private final AtomicInteger crashes = new AtomicInteger();

    private StubDatabase() {}

    /** Starts a database that answers at once. */
    public static StubDatabase start() {
        synchronized (BY_URL) {
            StubDatabase database = new StubDatabase();
            BY_URL.put(database.url, database);
            return database;
        }
    }

    static @Nullable StubDatabase at(String url) {
        return BY_URL.get(url);
    }

    /** Returns where {@link StubDriver} finds it. */
    public String url() {
        return url;
    }

    /** Sets what a connect takes from now on; also how it is made to hang. */
    public void connectsIn(Duration time) {
        connectNanos = time.toNanos();
    }

    /** Sets what an execution takes from now on. */
    public void executesIn(Duration time) {
        executeNanos = time.toNanos();
    }

    /** Kills all connections and refuses new ones. */
    public void goDown() {
        down = true;
        crashes.incrementAndGet();
    }

    /** Accepts connections again; those of before stay dead. */
    public void comeBack() {
        down = false;
    }

    /** Forgets what was counted, but for what is open. */
    public void countAnew() {
        attempts.clear();
        opened.set(0);
        mostConnecting.set(connecting.get());
    }

    /** Returns when each connect was begun, by {@link System#nanoTime()}. */
    public List<Long> attempts() {
        return List.copyOf(attempts);
    }

    /** Returns the most connects that were under way at a time. */
    public int mostConnecting() {
        return mostConnecting.get();
    }

    /** Returns how many connections were opened. */
    public int opened() {
        return opened.get();
    }

    /** Returns how many connections are open. */
    public int open() {
        return open.get();
    }

    @Override
    public Connection getConnection() throws SQLException {
        return connect();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return connect();
    }

    StubConnection connect() throws SQLException {
        return new StubConnection(this, admit());
    }

    /** Does what a connect costs and returns which of this database's lives the new connection belongs to. */
    int admit() throws SQLException {
        attempts.add(System.nanoTime());
        mostConnecting.accumulateAndGet(connecting.incrementAndGet(), Math::max);
        try {
            Parking.nanos(connectNanos);
        } finally {
            connecting.decrementAndGet();
        }
        int born = crashes.get();
        if (down) {
            throw new SQLException("connection refused: the stub database is down", "08001");
        }
        opened.incrementAndGet();
        open.incrementAndGet();
        return born;
    }

    boolean lives(int born) {
        return born == crashes.get();
    }

    void execute(int born) throws SQLException {
        Parking.nanos(executeNanos);
        if (!lives(born)) {
            throw new SQLException("connection lost: the stub database went down", "08006");
        }
    }

    void closed() {
        open.decrementAndGet();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw RestOfConnection.unsupported();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw RestOfConnection.unsupported();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
