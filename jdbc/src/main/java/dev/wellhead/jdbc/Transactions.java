package dev.wellhead.jdbc;

import dev.wellhead.core.internal.Options;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs lambdas in transactions: commits when the lambda returns, rolls back when it throws, and gives its exception out
 * unchanged.
 *
 * <p>Immutable and thread-safe; the methods that change something return a copy. Each call borrows one connection for the
 * time of the lambda, and blocks as long as the data source does. A call inside a lambda is a transaction of its own, on
 * another connection: with a pool that is how deadlocks are made, so use {@link Transaction#savepoint} instead.
 */
public final class Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final DataSource dataSource;
    private final int isolation;
    private final boolean readOnly;
    private final int attempts;

    private Transactions(DataSource dataSource, int isolation, boolean readOnly, int attempts) {
        this.dataSource = dataSource;
        this.isolation = isolation;
        this.readOnly = readOnly;
        this.attempts = attempts;
    }

    /** Returns transactions on connections of this source, with the isolation that its connections have. */
    public static Transactions on(DataSource dataSource) {
        return new Transactions(dataSource, Connection.TRANSACTION_NONE, false, 1);
    }

    /** Returns a copy whose transactions are serializable. Use it with {@link #retrying}: conflicts are part of it. */
    public Transactions serializable() {
        return new Transactions(dataSource, Connection.TRANSACTION_SERIALIZABLE, readOnly, attempts);
    }

    /** Returns a copy whose transactions see one snapshot throughout. */
    public Transactions repeatableRead() {
        return new Transactions(dataSource, Connection.TRANSACTION_REPEATABLE_READ, readOnly, attempts);
    }

    /** Returns a copy whose transactions may not write. */
    public Transactions readOnly() {
        return new Transactions(dataSource, isolation, true, attempts);
    }

    /**
     * Returns a copy that runs a transaction again, up to this many times in all, when the database gave it up because
     * of others (serialization failure, deadlock, SQLite's busy), after a short random pause. It is told by the exception
     * or by any of its causes, as frameworks wrap them. The lambda must then be fit to run more than once. Default: 1, no
     * second attempt.
     *
     * @throws IllegalArgumentException if {@code attempts} is below 1
     */
    public Transactions retrying(int attempts) {
        return new Transactions(dataSource, isolation, readOnly, Options.atLeast("attempts", 1, attempts));
    }

    /**
     * Runs the action in a transaction.
     *
     * @throws SQLException if no connection can be had, the commit fails, or the action throws it
     * @throws E what the action throws
     */
    public <E extends Exception> void run(TransactionAction<E> action) throws SQLException, E {
        // The result is dropped: any value will do.
        this.<Boolean, E>call(tx -> {
            action.accept(tx);
            return true;
        });
    }

    /**
     * Runs the body in a transaction and returns its result.
     *
     * @throws SQLException if no connection can be had, the commit fails, or the body throws it
     * @throws E what the body throws
     */
    public <T, E extends Exception> T call(TransactionBody<T, E> body) throws SQLException, E {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(body);
            } catch (Exception e) {
                if (attempt >= attempts || !SqlErrors.isTransient(e) || !pause(attempt)) {
                    throw e;
                }
                LOG.debug("transaction gave way to others, attempt {}", attempt + 1, e);
            }
        }
    }

    private <T, E extends Exception> T once(TransactionBody<T, E> body) throws SQLException, E {
        Running running;
        T result;
        try (Connection connection = dataSource.getConnection()) {
            // Asking costs a round trip on PostgreSQL, so only where it will be changed.
            int isolationBefore = changesIsolation() ? connection.getTransactionIsolation() : isolation;
            boolean readOnlyBefore = readOnly && connection.isReadOnly();
            running = new Running(connection);
            begin(connection);
            boolean ended = false;
            try {
                result = body.apply(running);
                connection.commit();
                ended = true;
            } catch (Throwable e) {
                ended = rollback(connection, e);
                throw e;
            } finally {
                if (ended) {
                    restore(connection, isolationBefore, readOnlyBefore);
                }
            }
        }
        running.committed();
        return result;
    }

    private boolean changesIsolation() {
        return isolation != Connection.TRANSACTION_NONE;
    }

    private void begin(Connection connection) throws SQLException {
        if (readOnly) {
            connection.setReadOnly(true);
        }
        if (changesIsolation()) {
            connection.setTransactionIsolation(isolation);
        }
        connection.setAutoCommit(false);
    }

    /** Returns false if it failed: then what the body did may still be there, and auto-commit would commit it. */
    private static boolean rollback(Connection connection, Throwable cause) {
        try {
            connection.rollback();
            return true;
        } catch (SQLException e) {
            // Most likely the connection is broken, and closing it rolls back as well; the cause matters more.
            cause.addSuppressed(e);
            return false;
        }
    }

    /** Leaves the connection as it was found, also for data sources that do not care for it. */
    private void restore(Connection connection, int isolationBefore, boolean readOnlyBefore) {
        try {
            connection.setAutoCommit(true);
            if (changesIsolation()) {
                connection.setTransactionIsolation(isolationBefore);
            }
            if (readOnly) {
                connection.setReadOnly(readOnlyBefore);
            }
        } catch (SQLException e) {
            // The transaction has ended, and this changes nothing about how.
            LOG.debug("connection not restored after a transaction", e);
        }
    }

    /** Returns false if the thread was interrupted: then the failure goes out instead of another attempt. */
    private static boolean pause(int attempt) {
        long longest = Math.min(FIRST_PAUSE_NANOS << Math.min(attempt, 16), LONGEST_PAUSE_NANOS);
        long deadline = System.nanoTime() + ThreadLocalRandom.current().nextLong(longest);
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(left);
        }
        return true;
    }

    private static final class Running implements Transaction {
        private final Connection connection;
        private final List<Runnable> afterCommit = new ArrayList<>();

        Running(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public void afterCommit(Runnable action) {
            afterCommit.add(action);
        }

        @Override
        public <T, E extends Exception> T savepoint(TransactionBody<T, E> body) throws SQLException, E {
            int actionsBefore = afterCommit.size();
            Savepoint savepoint = connection.setSavepoint();
            try {
                T result = body.apply(this);
                connection.releaseSavepoint(savepoint);
                return result;
            } catch (Throwable e) {
                afterCommit.subList(actionsBefore, afterCommit.size()).clear();
                try {
                    connection.rollback(savepoint);
                } catch (SQLException second) {
                    e.addSuppressed(second);
                }
                throw e;
            }
        }

        void committed() {
            for (Runnable action : afterCommit) {
                try {
                    action.run();
                } catch (RuntimeException e) {
                    LOG.error("afterCommit action {} failed; the transaction is committed", action.getClass(), e);
                }
            }
        }
    }
}
