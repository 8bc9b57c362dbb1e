package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of the driver and what the pool knows of it. All methods that talk to the driver may block. */
final class PhysicalConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final Connection raw;
    private final SessionState defaults;
    private final Opener opener;
    private final long lifetimeNanos;
    private final @Nullable SqliteLocks locks;

    /**
     * @param opener knows how connections are set up, and when they are reset
     * @param lifetimeNanos {@link Long#MAX_VALUE} for no bound
     * @throws SQLException if its way of waiting for locks cannot be set up
     */
    PhysicalConnection(Connection raw, SessionState defaults, Opener opener, long lifetimeNanos) throws SQLException {
        this.raw = raw;
        this.defaults = defaults;
        this.opener = opener;
        this.lifetimeNanos = lifetimeNanos;
        this.locks = defaults.dialect() == SqlDialect.SQLITE ? SqliteLocks.of(raw) : null;
    }

    /** Returns how it waits for locks, null if the database does that itself. */
    @Nullable SqliteLocks locks() {
        return locks;
    }

    Connection raw() {
        return raw;
    }

    SqlDialect dialect() {
        return defaults.dialect();
    }

    boolean isAutoCommitDefault() {
        return defaults.isAutoCommit();
    }

    long lifetimeNanos() {
        return lifetimeNanos;
    }

    /**
     * Brings the session back to what it was when new, after a loan whose gate is shut.
     *
     * @return null if the next borrower may have it, else why not
     */
    @Nullable String reset(int changed, OpenResources open) {
        try {
            defaults.rollback(raw, changed);
            open.closeAll();
            boolean wholeSession = opener.sessionReset().isWantedAfter(changed);
            if (wholeSession && !defaults.hasReset()) {
                return "the session may have been changed by SQL, and this database cannot reset it";
            }
            defaults.restore(raw, changed);
            if (wholeSession) {
                defaults.reset(raw, opener.setup());
            }
            return raw.isClosed() ? "closed by the driver" : null;
        } catch (Exception | LinkageError e) {
            LOG.debug("connection could not be restored", e);
            return "could not be restored: " + describe(e);
        }
    }

    /** Returns null if the database answers on it, else what is wrong. */
    @Nullable String validate(int timeoutSeconds) {
        try {
            return raw.isValid(timeoutSeconds) ? null : "found dead";
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("validation failed", e);
            return "validation failed: " + describe(e);
        } finally {
            if (locks != null) {
                locks.settleAfterValidation();
            }
        }
    }

    /** Closes the connection in order. Never throws. */
    void close() {
        try {
            raw.close();
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("driver failed to close a connection", e);
        }
    }

    /**
     * Ends the connection even while somebody works on it: cancels the statements, which stops them on the server as
     * well, then cuts the link. Never throws.
     */
    void kill(OpenResources open) {
        cancel(open);
        attempt("abort", () -> raw.abort(Runnable::run));
        close();
    }

    /** Cancels the statements that are open, on the server as well. Never throws. */
    void cancel(OpenResources open) {
        if (locks != null) {
            locks.cancel();
        }
        for (Statement statement : open.statements()) {
            attempt("cancel", statement::cancel);
        }
    }

    private static void attempt(String what, DriverCall call) {
        try {
            call.run();
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("driver failed to {}", what, e);
        }
    }

    private static String describe(Throwable e) {
        String text = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
        String state = e instanceof SQLException failed && failed.getSQLState() != null
                ? " (SQLState " + failed.getSQLState() + ")"
                : "";
        return Redaction.url(text) + state;
    }

    @FunctionalInterface
    private interface DriverCall {
        void run() throws SQLException;
    }
}
