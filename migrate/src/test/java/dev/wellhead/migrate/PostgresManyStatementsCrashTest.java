package dev.wellhead.migrate;

import java.util.List;
import org.junit.jupiter.api.Tag;

/** All kinds of statements that stand alone and of which the catalogue can tell. */
@Tag("thorough")
class PostgresManyStatementsCrashTest extends PostgresCrashContract {
    @Override
    List<Migration> migrations() {
        return List.of(
                Migration.of("1", "plain", "create table marks (n int);\ninsert into marks values (1);"),
                Migration.of(
                        "2",
                        "indexes",
                        "create schema s; set search_path = s, public; create table t (a int, b text);\n"
                                + "create index concurrently i on t (a) where b is not null;\n"
                                + "create unique index concurrently on t (lower(b), a desc) include (b);\n"
                                + "insert into marks values (2);\nvacuum t;\n"
                                + "drop index concurrently s.i;\nreindex table concurrently t;\n"
                                + "insert into marks values (3);"),
                Migration.of(
                        "3",
                        "partitions",
                        "create table q (a int) partition by range (a);\n"
                                + "create table q1 partition of q for values from (0) to (9);\n"
                                + "alter table q detach partition q1 concurrently;\ninsert into marks values (4)"));
    }

    @Override
    int callsAtLeast() {
        return 100;
    }
}
