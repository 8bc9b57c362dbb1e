package dev.wellhead.pool;

import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC properties that a new connection had, and the way back to them. Read once, right after connecting, so that no
 * borrower's change can pass for the default.
 */
final class SessionState {
    static final int AUTO_COMMIT = 1;
    static final int READ_ONLY = 1 << 1;
    static final int ISOLATION = 1 << 2;
    static final int CATALOG = 1 << 3;
    static final int SCHEMA = 1 << 4;
    static final int HOLDABILITY = 1 << 5;
    static final int NETWORK_TIMEOUT = 1 << 6;
    static final int TYPE_MAP = 1 << 7;
    static final int CLIENT_INFO = 1 << 8;
    /** SQL was run that may have opened a transaction. */
    static final int SQL_TRANSACTION = 1 << 9;
    /** Something was done at all. */
    static final int USED = 1 << 10;
    /** SQL was run that may have changed the session on the server beyond the end of its transaction. */
    static final int SQL_SESSION = 1 << 11;

    private static final Executor INLINE = Runnable::run;

    private final boolean autoCommit;
    private final Property<Boolean> readOnly;
    private final Property<Integer> isolation;
    private final Property<String> catalog;
    private final Property<String> schema;
    private final Property<Integer> holdability;
    private final Property<Integer> networkTimeout;
    private final Property<Map<String, Class<?>>> typeMap;
    private final Property<Properties> clientInfo;
    private final SqlDialect dialect;
    private final @Nullable PostgresSession postgres;

    /** A value of the session, or the knowledge that the driver does not have it. */
    private record Property<T>(boolean known, @Nullable T value) {
        interface Getter<T> {
            @Nullable T get() throws SQLException;
        }

        interface Setter<T> {
            void set(@Nullable T value) throws SQLException;
        }

        static <T> Property<T> read(Getter<T> getter) throws SQLException {
            try {
                return new Property<>(true, getter.get());
            } catch (SQLFeatureNotSupportedException | AbstractMethodError | UnsupportedOperationException e) {
                return new Property<>(false, null);
            }
        }

        void restore(Setter<T> setter) throws SQLException {
            if (!known) {
                throw new SQLFeatureNotSupportedException("changed, and the driver does not tell what it was before");
            }
            setter.set(value);
        }
    }

    private SessionState(Connection raw) throws SQLException {
        autoCommit = raw.getAutoCommit();
        readOnly = Property.read(raw::isReadOnly);
        isolation = Property.read(raw::getTransactionIsolation);
        catalog = Property.read(raw::getCatalog);
        dialect = SqlDialect.of(raw);
        postgres = dialect == SqlDialect.POSTGRES ? PostgresSession.of(raw) : null;
        schema = postgres == null ? Property.read(raw::getSchema) : new Property<>(false, null);
        holdability = Property.read(raw::getHoldability);
        networkTimeout = Property.read(raw::getNetworkTimeout);
        typeMap = Property.read(raw::getTypeMap);
        clientInfo = Property.read(() -> copy(raw.getClientInfo()));
        if (!autoCommit) {
            // Reading may have opened a transaction.
            raw.rollback();
        }
    }

    /** Reads the properties of a new connection; talks to the database. */
    static SessionState of(Connection raw) throws SQLException {
        return new SessionState(raw);
    }

    /** Rolls back whatever is open. Comes before every other step of a return. */
    void rollback(Connection raw, int changed) throws SQLException {
        if (!raw.getAutoCommit()) {
            rollbackDriver(raw);
        } else if (dialect == SqlDialect.SQLITE) {
            if ((changed & SQL_TRANSACTION) != 0) {
                rollbackSqlite(raw);
            }
        } else if (dialect == SqlDialect.POSTGRES || (changed & SQL_TRANSACTION) != 0) {
            // A transaction begun by SQL: JDBC rolls back only with autocommit off. pgjdbc follows the server's
            // transaction state, so there a rollback for nothing costs no round trip.
            raw.setAutoCommit(false);
            raw.rollback();
            raw.setAutoCommit(true);
        }
    }

    private void rollbackDriver(Connection raw) throws SQLException {
        try {
            raw.rollback();
        } catch (SQLException e) {
            if (dialect != SqlDialect.SQLITE || !SqliteLocks.isBusy(e)) {
                throw e;
            }
            // Rolled back it is; the driver wanted the lock for the next transaction, which nobody has asked for.
            SqliteLocks.beginDeferred(raw);
        }
    }

    // Its driver begins a transaction when autocommit goes off, which fails inside one that SQL began. SQLite refuses
    // to roll back where there is none; a savepoint makes one, and is fine inside another.
    private static void rollbackSqlite(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("savepoint given_back");
            statement.execute("rollback");
        }
    }

    /** Sets back what was changed. The transaction must have ended: most drivers refuse it otherwise. */
    void restore(Connection raw, int changed) throws SQLException {
        if (raw.getAutoCommit() != autoCommit) {
            raw.setAutoCommit(autoCommit);
        }
        if ((changed & READ_ONLY) != 0) {
            readOnly.restore(raw::setReadOnly);
        }
        if ((changed & ISOLATION) != 0) {
            isolation.restore(raw::setTransactionIsolation);
        }
        if ((changed & CATALOG) != 0) {
            catalog.restore(raw::setCatalog);
        }
        if ((changed & SCHEMA) != 0) {
            if (postgres != null) {
                postgres.restoreSearchPath(raw);
            } else {
                schema.restore(raw::setSchema);
            }
        }
        if ((changed & HOLDABILITY) != 0) {
            holdability.restore(raw::setHoldability);
        }
        if ((changed & NETWORK_TIMEOUT) != 0) {
            networkTimeout.restore(millis -> raw.setNetworkTimeout(INLINE, Objects.requireNonNull(millis)));
        }
        if ((changed & TYPE_MAP) != 0) {
            typeMap.restore(raw::setTypeMap);
        }
        if ((changed & CLIENT_INFO) != 0) {
            clientInfo.restore(before -> restoreClientInfo(raw, before));
        }
        raw.clearWarnings();
        if (!autoCommit) {
            raw.rollback();
        }
    }

    boolean isAutoCommit() {
        return autoCommit;
    }

    SqlDialect dialect() {
        return dialect;
    }

    /** Returns whether the session can be reset on the server; if not, only another connection is as good as new. */
    boolean hasReset() {
        return postgres != null;
    }

    /** Resets the session on the server, after the properties were restored. */
    void reset(Connection raw, Opener.Setup setup) throws SQLException {
        PostgresSession session = Objects.requireNonNull(postgres, "postgres");
        if (!autoCommit) {
            raw.setAutoCommit(true);
        }
        session.reset(raw, setup);
        raw.clearWarnings();
        if (raw.getAutoCommit() != autoCommit) {
            raw.setAutoCommit(autoCommit);
        }
    }

    private static void restoreClientInfo(Connection raw, @Nullable Properties before) throws SQLClientInfoException {
        raw.setClientInfo(copy(before));
    }

    // Drivers may hand out and keep their own object.
    private static Properties copy(@Nullable Properties original) {
        Properties copy = new Properties();
        if (original != null) {
            copy.putAll(original);
        }
        return copy;
    }
}
