package dev.wellhead.pool;

import dev.wellhead.testkit.TestDatabase;
import org.postgresql.PGConnection;

class PostgresPooledConnectionTest extends PooledConnectionContract {
    @Override
    TestDatabase database() {
        return TestDatabase.postgres();
    }

    @Override
    Class<?> driverType() {
        return PGConnection.class;
    }
}
