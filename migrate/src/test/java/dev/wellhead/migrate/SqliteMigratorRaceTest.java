package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

class SqliteMigratorRaceTest extends MigratorRaceContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }
}
