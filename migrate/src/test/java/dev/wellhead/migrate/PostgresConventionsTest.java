package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class PostgresConventionsTest extends ConventionsContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }
}
