package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ResultJsonTest {
    private static final Migration ONE = Migration.of("1", "one", "create table t (a int)", "drop table t");
    private static final Migration TWO = Migration.of("2", "two", "\nselect '\"'");

    @Test
    void whatAMigratorReturnsIsWrittenAsJson() {
        try (TestDatabase database = TestDatabase.sqlite()) {
            Migrator first = migrator(database, ONE);
            Migrator both = migrator(database, ONE, TWO);

            assertThat(first.migrate().toJson())
                    .matches("\\{\"steps\":\\[\\{\"version\":\"1\",\"description\":\"one\",\"direction\":\"APPLIED\","
                            + "\"statements\":1,\"durationMs\":\\d+,\"attempts\":1}]}");
            assertThat(both.plan().toJson())
                    .isEqualTo(
                            "{\"steps\":[{\"version\":\"2\",\"description\":\"two\",\"file\":\"version 2\","
                                    + "\"statements\":[{\"line\":2,\"sql\":\"select '\\\"'\",\"segment\":1,\"transactional\":true,\"locks\":[]}]}]}");
            assertThat(MigrationStatus.toJson(both.status()))
                    .matches("\\[\\{\"version\":\"1\",\"description\":\"one\",\"state\":\"APPLIED\","
                            + "\"appliedAt\":\"2026-01-02T03:04:05Z\",\"durationMs\":\\d+,\"hasRollback\":true,\"midway\":null},"
                            + "\\{\"version\":\"2\",\"description\":\"two\",\"state\":\"PENDING\","
                            + "\"appliedAt\":null,\"durationMs\":null,\"hasRollback\":false,\"midway\":null}]");
            assertThat(migrator(database, TWO).validate().toJson())
                    .startsWith(
                            "{\"valid\":false,\"findings\":[{\"kind\":\"MISSING\",\"blocking\":true,\"version\":\"1\","
                                    + "\"file\":\"version 1\",\"detail\":\"applied, but not in the source");
        }
    }

    private static Migrator migrator(TestDatabase database, Migration... migrations) {
        return Migrator.builder(database.dataSource())
                .source(MigrationSource.of(migrations))
                .clock(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC))
                .build();
    }
}
