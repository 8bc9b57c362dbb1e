package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Opens physical connections and makes them ready. Thread-safe if its source is; blocks as long as the driver does. */
final class Opener {
    /** Where connections come from. */
    @FunctionalInterface
    interface Source {
        @Nullable Connection open() throws SQLException;
    }

    /** What is done with each new connection, and again after its session was reset. */
    @FunctionalInterface
    interface Setup {
        void apply(Connection connection) throws SQLException;
    }

    private final Source source;
    private final Setup setup;
    private final SessionReset sessionReset;
    private final long maxLifetimeNanos;

    Opener(Source source, Setup setup, SessionReset sessionReset, long maxLifetimeNanos) {
        this.source = source;
        this.setup = setup;
        this.sessionReset = sessionReset;
        this.maxLifetimeNanos = maxLifetimeNanos;
    }

    Setup setup() {
        return setup;
    }

    SessionReset sessionReset() {
        return sessionReset;
    }

    /**
     * Opens one connection.
     *
     * @throws SQLException whatever went wrong, be it an error of another kind; free of credentials
     */
    PhysicalConnection open() throws SQLException {
        Connection raw;
        try {
            raw = source.open();
        } catch (SQLException e) {
            throw presentable(e);
        } catch (RuntimeException | Error e) {
            throw new SQLException("driver failed to connect: " + Redaction.url(e.toString()), "08001", e);
        }
        if (raw == null) {
            throw new SQLException("the data source returned no connection", "08001");
        }
        try {
            setup.apply(raw);
            return new PhysicalConnection(raw, SessionState.of(raw), this, lifetime());
        } catch (SQLException e) {
            closeAfter(e, raw);
            throw presentable(e);
        } catch (RuntimeException | Error e) {
            closeAfter(e, raw);
            throw new SQLException(
                    "driver failed to prepare a new connection: " + Redaction.url(e.toString()), "08001", e);
        }
    }

    private static void closeAfter(Throwable cause, Connection raw) {
        try {
            raw.close();
        } catch (SQLException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    // Connections made together must not die together.
    private long lifetime() {
        return maxLifetimeNanos == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : maxLifetimeNanos - ThreadLocalRandom.current().nextLong(maxLifetimeNanos / 4 + 1);
    }

    /** Returns the failure itself, or a copy without secrets: drivers quote the URL, and with it user and password. */
    private static SQLException presentable(SQLException failure) {
        String text = String.valueOf(failure.getMessage());
        String shown = Redaction.url(text);
        if (shown.equals(Redaction.printable(text))) {
            return failure;
        }
        SQLException copy = new SQLException(shown, failure.getSQLState(), failure.getErrorCode());
        copy.setStackTrace(failure.getStackTrace());
        return copy;
    }
}
