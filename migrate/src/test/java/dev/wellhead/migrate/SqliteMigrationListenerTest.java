package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqliteMigrationListenerTest extends MigrationListenerContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
