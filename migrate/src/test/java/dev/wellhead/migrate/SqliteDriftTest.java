package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqliteDriftTest extends DriftContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
