package dev.wellhead.benchmarks.pool;

import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A connection that remembers what it is told and does nothing else. Used by one thread at a time. */
class StubConnection extends RestOfConnection {
    // Asked once a connect, if at all: so much reflection nobody pays for.
    private static final DatabaseMetaData META_DATA = (DatabaseMetaData) Proxy.newProxyInstance(
            StubConnection.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getDatabaseProductName" -> "Stub";
                case "getURL" -> StubDriver.PREFIX;
                case "toString" -> "the stub's metadata";
                default -> throw unsupported();
            });

    private final StubDatabase database;
    private final int born;
    private boolean autoCommit = true;
    private boolean readOnly;
    private int isolation = TRANSACTION_READ_COMMITTED;
    private int holdability = ResultSet.HOLD_CURSORS_OVER_COMMIT;
    private int networkTimeout;
    private String catalog = "stub";
    private String schema = "public";
    private Properties clientInfo = new Properties();
    private Map<String, Class<?>> typeMap = Map.of();
    // As a driver that caches what it has prepared: so whatever a statement allocates is the pool's.
    private final StubPreparedStatement prepared = new StubPreparedStatement(this);
    private volatile boolean closed;

    /**
     * Opens one.
     *
     * @param born which of the database's lives it belongs to
     */
    StubConnection(StubDatabase database, int born) {
        this.database = database;
        this.born = born;
    }

    final void execute() throws SQLException {
        if (closed) {
            throw new SQLException("the connection is closed", "08003");
        }
        database.execute(born);
    }

    @Override
    public Statement createStatement() {
        return new StubStatement(this);
    }

    @Override
    public PreparedStatement prepareStatement(String sql) {
        prepared.reopen();
        return prepared;
    }

    @Override
    public boolean isValid(int seconds) {
        return !closed && database.lives(born);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            database.closed();
        }
    }

    @Override
    public void abort(Executor executor) {
        close();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void commit() {}

    @Override
    public void rollback() {}

    @Override
    public DatabaseMetaData getMetaData() {
        return META_DATA;
    }

    @Override
    public boolean getAutoCommit() {
        return autoCommit;
    }

    @Override
    public void setAutoCommit(boolean autoCommit) {
        this.autoCommit = autoCommit;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public void setReadOnly(boolean readOnly) {
        this.readOnly = readOnly;
    }

    @Override
    public int getTransactionIsolation() {
        return isolation;
    }

    @Override
    public void setTransactionIsolation(int level) {
        isolation = level;
    }

    @Override
    public int getHoldability() {
        return holdability;
    }

    @Override
    public void setHoldability(int holdability) {
        this.holdability = holdability;
    }

    @Override
    public int getNetworkTimeout() {
        return networkTimeout;
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) {
        networkTimeout = milliseconds;
    }

    @Override
    public String getCatalog() {
        return catalog;
    }

    @Override
    public void setCatalog(String catalog) {
        this.catalog = catalog;
    }

    @Override
    public String getSchema() {
        return schema;
    }

    @Override
    public void setSchema(String schema) {
        this.schema = schema;
    }

    @Override
    public Properties getClientInfo() {
        return clientInfo;
    }

    @Override
    public void setClientInfo(Properties properties) {
        clientInfo = properties;
    }

    @Override
    public void setClientInfo(String name, String value) {
        clientInfo.setProperty(name, value);
    }

    @Override
    public Map<String, Class<?>> getTypeMap() {
        return typeMap;
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) {
        typeMap = map;
    }

    @Override
    public @Nullable SQLWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() {}
}
