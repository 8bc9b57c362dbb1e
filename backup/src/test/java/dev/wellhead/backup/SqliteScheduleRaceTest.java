package dev.wellhead.backup;

import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;

class SqliteScheduleRaceTest extends ScheduleRaceContract {
    @Override
    TestDatabase database() {
        return TestDatabase.sqlite();
    }

    @Override
    Database of(TestDatabase source) {
        return Database.sqlite(Path.of(source.name()));
    }
}
