package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SqliteMigratorTest extends MigratorContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }

    @Test
    void scriptsThatSqliteRunsAreRun() {
        migrator(Migration.of("1", "everything", """
                create table [a;b] (`c;d` text, "e""f" blob default x'00');
                create table log (n int, t text); -- ; it's
                create trigger tr after insert on [a;b] begin
                  update log set n = case when n > 1 then 1 else n end;
                  insert into log values (1, 'x; end;');
                end;
                insert into [a;b] values ('/* ; */', null) /* open
                """)).migrate();

        assertThat(database.queryOne("select t from log")).isEqualTo("x; end;");
    }

    @Test
    void busyDatabaseIsWaitedFor() throws Exception {
        CountDownLatch waited = new CountDownLatch(1);
        MigrationListener listener = new MigrationListener() {
            @Override
            public void onRetry(String version, int attempt, SQLException error) {
                waited.countDown();
            }
        };
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection writer = database.dataSource().getConnection();
                Statement statement = writer.createStatement()) {
            migrator(USERS).migrate();
            statement.execute("begin immediate");

            Future<MigrationReport> run = other.submit(() -> builder(USERS, ORDERS)
                    .lockTimeout(Duration.ofMillis(100))
                    .listener(listener)
                    .build()
                    .migrate());
            assertThat(waited.await(60, TimeUnit.SECONDS)).isTrue();
            statement.execute("commit");

            assertThat(run.get(60, TimeUnit.SECONDS).steps().get(0).attempts()).isGreaterThan(1);
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void busyDatabaseIsNotWaitedForWithoutEnd() throws SQLException {
        migrator(USERS).migrate();
        try (Connection writer = database.dataSource().getConnection();
                Statement statement = writer.createStatement()) {
            statement.execute("begin immediate");

            Migrator impatient = builder(USERS, ORDERS)
                    .lockTimeout(Duration.ofMillis(100))
                    .lockRetry(Duration.ZERO)
                    .withoutSnapshots()
                    .build();

            assertThat(refusal("WH-MIG-008", impatient::migrate))
                    .hasMessageContainingAll(
                            "the begin of its transaction", "1 attempts", "nothing of it is committed");
        }
    }

    @Test
    void lockFileStandsBesideTheDatabase() {
        migrator(USERS).migrate();

        assertThat(Files.exists(Path.of(database.name() + ".migrate.lock"))).isTrue();
    }

    @Test
    void otherSchemaThanMainIsRefused() {
        assertThat(refusal(
                        "WH-MIG-012", () -> builder(USERS).schema("app").build().migrate()))
                .hasMessageContaining("leave schema(...) out");
    }
}
