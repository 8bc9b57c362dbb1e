package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqlitePlaceholdersTest extends PlaceholdersContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
