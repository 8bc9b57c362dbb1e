package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class PostgresPlaceholdersTest extends PlaceholdersContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }
}
