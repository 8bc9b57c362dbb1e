package dev.wellhead.spring;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.pool.WellheadDataSource;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.DataSourceUnwrapper;

/** What stands behind a data source, proxies of others taken off. */
final class Pools {
    private Pools() {}

    /** Returns the pool behind a data source, if it is one of ours. */
    static Optional<ConnectionPool> behind(DataSource dataSource) {
        ConnectionPool pool = DataSourceUnwrapper.unwrap(dataSource, ConnectionPool.class);
        if (pool != null) {
            return Optional.of(pool);
        }
        WellheadDataSource bean = DataSourceUnwrapper.unwrap(dataSource, WellheadDataSource.class);
        try {
            return bean == null ? Optional.empty() : Optional.of(bean.pool());
        } catch (SQLException e) {
            // Closed, or its properties do not fit together: whoever asks it for a connection is told.
            return Optional.empty();
        }
    }

    /** Returns unpooled connections to the same database, if it is known how they are made. */
    static Optional<DirectDataSource> direct(DataSource dataSource, @Nullable SqliteDatabase sqlite) {
        if (dataSource instanceof DirectDataSource direct) {
            return Optional.of(direct);
        }
        if (sqlite != null) {
            return Optional.of(sqlite.direct());
        }
        return behind(dataSource).flatMap(Pools::direct);
    }

    private static Optional<DirectDataSource> direct(ConnectionPool pool) {
        try {
            return Optional.of(pool.direct());
        } catch (IllegalStateException e) {
            // Built from a data source whose address it does not know.
            return Optional.empty();
        }
    }
}
