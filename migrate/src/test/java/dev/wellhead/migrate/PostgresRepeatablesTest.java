package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class PostgresRepeatablesTest extends RepeatablesContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }
}
