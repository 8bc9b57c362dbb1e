package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;

/** {@link CrashContract} on PostgreSQL. */
abstract class PostgresCrashContract extends CrashContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }

    @Override
    void empty(TestDatabase database) {
        database.execute("drop schema if exists s, public cascade", "create schema public");
    }
}
