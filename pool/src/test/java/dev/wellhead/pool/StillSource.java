package dev.wellhead.pool;

import java.sql.Connection;
import java.sql.SQLFeatureNotSupportedException;
import java.util.function.Supplier;

/** Connections of the simplest driver as a data source. */
final class StillSource extends PlainDataSource {
    private final Supplier<Connection> connect;

    StillSource(Supplier<Connection> connect) {
        this.connect = connect;
    }

    @Override
    public Connection getConnection() {
        return connect.get();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }
}
