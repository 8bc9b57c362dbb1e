package dev.wellhead.pool;

import dev.wellhead.testkit.TestDatabase;
import org.sqlite.SQLiteConnection;

class SqlitePooledConnectionTest extends PooledConnectionContract {
    @Override
    TestDatabase database() {
        return TestDatabase.sqlite();
    }

    @Override
    Class<?> driverType() {
        return SQLiteConnection.class;
    }
}
