package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class PostgresHistoryOperationsTest extends HistoryOperationsContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }
}
