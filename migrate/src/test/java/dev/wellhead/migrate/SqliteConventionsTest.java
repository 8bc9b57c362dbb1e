package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqliteConventionsTest extends ConventionsContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
