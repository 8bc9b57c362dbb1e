package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqliteCodeMigrationsTest extends CodeMigrationsContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
