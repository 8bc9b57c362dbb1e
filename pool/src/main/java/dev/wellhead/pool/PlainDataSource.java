package dev.wellhead.pool;

import java.io.PrintWriter;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What every data source here says of the parts of the interface that have outlived their use. */
abstract class PlainDataSource implements DataSource {
    /** Returns null: there is no log writer, SLF4J is used. */
    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Not supported. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("no log writer; use SLF4J");
    }

    /** Not supported: use the acquire timeout of the pool's builder. */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("no login timeout; use acquireTimeout of the builder");
    }

    /** Not supported. */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("java.util.logging is not used; use SLF4J");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!type.isInstance(this)) {
            throw new SQLException("not a wrapper for " + type.getName());
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
