package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqliteHistoryOperationsTest extends HistoryOperationsContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
