package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class PostgresHistoryImportTest extends HistoryImportContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }

    @Override
    String serial() {
        return "serial primary key";
    }
}
