package dev.wellhead.migrate;

import dev.wellhead.testkit.TestDatabase;
import java.util.List;

class SqliteCrashTest extends CrashContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }

    @Override
    void empty(TestDatabase database) {
        for (String table : List.of("schema_migrations", "schema_migrations_log", "marks", "t")) {
            database.execute("drop table if exists " + table);
        }
        database.execute("pragma journal_mode = delete");
    }

    @Override
    List<Migration> migrations() {
        return List.of(
                Migration.of("1", "plain", "create table marks (n int);\ninsert into marks values (1);"),
                Migration.of(
                        "2",
                        "mixed",
                        "create table t (a);\nvacuum;\npragma foreign_keys = off;\ninsert into marks values (2);\n"
                                + "begin; insert into marks values (3); commit;\npragma journal_mode = wal;"),
                Migration.of("3", "end", "insert into marks values (4)"));
    }

    @Override
    int callsAtLeast() {
        return 40;
    }
}
