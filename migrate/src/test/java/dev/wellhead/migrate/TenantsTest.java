package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.Tenants.Outcome;
import dev.wellhead.migrate.Tenants.Report;
import dev.wellhead.migrate.Tenants.Tenant;
import dev.wellhead.testkit.TestDatabase;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TenantsTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final Migration TABLE = Migration.of("1", "table", "create table t (id int)");

    private final TestDatabase database = TestDatabase.postgres();

    TenantsTest() {
        NAMES.forEach(name -> database.execute("create schema " + name));
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void eachSchemaGetsTheMigrationsAndAHistoryOfItsOwn() {
        database.execute("create table b.t (id int)");

        Report report = Tenants.of(NAMES, name -> migrator(name, MigrationSource.of(TABLE)))
                .parallel(3)
                .goOnAfterFailures()
                .migrate();

        assertThat(report.tenants())
                .extracting(Tenant::outcome)
                .containsExactly(Outcome.MIGRATED, Outcome.FAILED, Outcome.MIGRATED, Outcome.MIGRATED);
        assertThat(report.isComplete()).isFalse();
        assertThat(report.tenants().get(1).error()).isInstanceOf(MigrationException.class);
        assertThat(database.queryOne(
                        "select string_agg(schemaname, ',' order by schemaname) from pg_tables where tablename = 't'"))
                .isEqualTo("a,b,c,d");
        for (String name : List.of("a", "c", "d")) {
            assertThat(database.queryOne("select version from " + name + ".schema_migrations"))
                    .isEqualTo("1");
        }
        assertThat(report.toString().lines().map(line -> line.replaceAll(" {2,}", "|")))
                .contains("tenant|outcome|applied|error", "a|MIGRATED|1|-")
                .anyMatch(line -> line.startsWith("b|FAILED|-|migration 1 (version 1)"));
        assertThat(report.toJson())
                .startsWith("{\"complete\":false,\"tenants\":[{\"name\":\"a\",\"outcome\":\"MIGRATED\","
                        + "\"versions\":[\"1\"],\"error\":null},{\"name\":\"b\",\"outcome\":\"FAILED\"");
    }

    @Test
    void noneIsBegunBehindAFailureUnlessToldSo() {
        database.execute("create table b.t (id int)");

        Report report = Tenants.of(NAMES, name -> migrator(name, MigrationSource.of(TABLE)))
                .migrate();

        assertThat(report.tenants())
                .extracting(Tenant::outcome)
                .containsExactly(Outcome.MIGRATED, Outcome.FAILED, Outcome.NOT_BEGUN, Outcome.NOT_BEGUN);
    }

    @Test
    void migratorThatCannotBeMadeIsAFailureOfItsTenant() {
        Report report = Tenants.of(NAMES.subList(0, 1), name -> {
                    throw new IllegalStateException("no address for " + name);
                })
                .migrate();

        assertThat(report.tenants().get(0).error()).hasMessage("no address for a");
    }

    @Test
    void asManyRunAtATimeAsAllowedAndNoMore() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier two = new CyclicBarrier(2);
        MigrationSource counted = () -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                two.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            now.decrementAndGet();
            return List.of(TABLE);
        };

        Report report =
                Tenants.of(NAMES, name -> migrator(name, counted)).parallel(2).migrate();

        assertThat(report.isComplete()).as(report.toString()).isTrue();
        assertThat(most).hasValue(2);
    }

    @Test
    void interruptedCallBeginsNoMoreAndStaysInterrupted() {
        Thread caller = Thread.currentThread();
        MigrationSource endless = () -> {
            caller.interrupt();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
            return List.of();
        };

        Report report = Tenants.of(NAMES, name -> migrator(name, endless))
                .goOnAfterFailures()
                .migrate();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.tenants())
                .extracting(Tenant::outcome)
                .containsExactly(Outcome.FAILED, Outcome.NOT_BEGUN, Outcome.NOT_BEGUN, Outcome.NOT_BEGUN);
    }

    @Test
    void noTenantsAreComplete() {
        assertThat(Tenants.of(List.of(), name -> migrator(name, List::of))
                        .migrate()
                        .isComplete())
                .isTrue();
    }

    @Test
    void optionsAreChecked() {
        Tenants tenants = Tenants.of(NAMES, name -> migrator(name, List::of));

        assertThatThrownBy(() -> tenants.parallel(0)).hasMessage("parallel must be >= 1, was 0");
        assertThatThrownBy(() -> Tenants.of(List.of("a", "a"), name -> migrator(name, List::of)))
                .hasMessageContaining("'a' is there twice");
    }

    private Migrator migrator(String schema, MigrationSource source) {
        String url = database.url() + (database.url().contains("?") ? "&" : "?") + "currentSchema=" + schema;
        return Migrator.builder(DirectDataSource.of(url, database.user(), database.password()))
                .source(source)
                .snapshotSchemas(schema)
                .build();
    }
}
