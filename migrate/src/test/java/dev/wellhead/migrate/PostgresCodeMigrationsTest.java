package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class PostgresCodeMigrationsTest extends CodeMigrationsContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }
}
