package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class PostgresMigrationListenerTest extends MigrationListenerContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }
}
