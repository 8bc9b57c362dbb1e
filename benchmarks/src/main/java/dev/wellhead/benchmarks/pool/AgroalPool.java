package dev.wellhead.benchmarks.pool;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.Connection;
import java.sql.SQLException;

/** Agroal. */
final class AgroalPool implements BenchedPool {
    private final AgroalDataSource pool;

    AgroalPool(PoolOptions options) throws SQLException {
        AgroalDataSourceConfigurationSupplier configuration = new AgroalDataSourceConfigurationSupplier();
        AgroalConnectionPoolConfigurationSupplier of = configuration
                .connectionPoolConfiguration()
                .maxSize(options.maxSize())
                .minSize(options.minIdle())
                .initialSize(options.minIdle())
                .acquisitionTimeout(options.acquireTimeout());
        of.connectionFactoryConfiguration()
                .connectionProviderClass(StubDriver.class)
                .jdbcUrl(options.database().url());
        if (options.leakDetection()) {
            of.leakTimeout(PoolOptions.LEAK_THRESHOLD);
        }
        if (options.validation()) {
            of.validateOnBorrow(true).connectionValidator(ConnectionValidator.defaultValidator());
        }
        pool = AgroalDataSource.from(configuration);
    }

    @Override
    public Connection get() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        pool.close();
    }
}
