package dev.wellhead.jdbc;

import dev.wellhead.testkit.TestDatabase;

class SqliteTransactionsTest extends TransactionsContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
