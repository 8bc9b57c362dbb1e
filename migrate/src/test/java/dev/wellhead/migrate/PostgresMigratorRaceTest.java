package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class PostgresMigratorRaceTest extends MigratorRaceContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }
}
