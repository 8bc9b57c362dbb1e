package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqliteHistoryImportTest extends HistoryImportContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }

    @Override
    String serial() {
        return "integer primary key autoincrement";
    }
}
