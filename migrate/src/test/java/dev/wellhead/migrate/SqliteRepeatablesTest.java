package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqliteRepeatablesTest extends RepeatablesContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
