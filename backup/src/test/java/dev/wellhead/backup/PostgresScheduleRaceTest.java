package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;

class PostgresScheduleRaceTest extends ScheduleRaceContract {
    @Override
    TestDatabase database() {
        return PostgresServer.shared().createDatabase();
    }

    @Override
    Database of(TestDatabase source) {
        return Database.postgres(DirectDataSource.of(source.url(), source.user(), source.password()));
    }
}
