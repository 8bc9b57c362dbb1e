package dev.wellhead.migrate;

import static dev.wellhead.migrate.MigratorFixture.PATIENCE;
import static dev.wellhead.migrate.MigratorFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.PostgresReplica;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import dev.wellhead.testkit.TransactionPoolingProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresLockTest {
    private final TestDatabase database = TestDatabase.postgres();

    @AfterEach
    void drop() {
        database.close();
    }

    private Migrator.Builder builder(Migration... migrations) {
        return Migrator.builder(database.dataSource()).source(MigrationSource.of(migrations));
    }

    @Test
    void concurrentIndexIsBuiltWhileOthersWaitForTheRun() throws Exception {
        database.execute("create table t (a int)");
        Migration index = Migration.of("1", "index", "create index concurrently i on t (a); insert into t values (1)");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<MigrationReport>> runs = new ArrayList<>();
            CountDownLatch start = new CountDownLatch(1);
            for (int i = 0; i < 8; i++) {
                runs.add(threads.submit(() -> {
                    start.await();
                    return builder(index).build().migrate();
                }));
            }
            start.countDown();

            int applied = 0;
            for (Future<MigrationReport> run : runs) {
                applied += run.get(60, TimeUnit.SECONDS).steps().size();
            }

            assertThat(applied).isEqualTo(1);
            assertThat(database.queryOne("select count(*) from t")).isEqualTo("1");
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void transactionPoolerIsRefusedBeforeTheFirstChange() {
        String name = database.queryOne("select current_database()");
        try (TransactionPoolingProxy pooler = TransactionPoolingProxy.to(PostgresServer.shared())) {
            Migrator migrator = Migrator.builder(
                            DirectDataSource.of(pooler.url(name), database.user(), database.password()))
                    .source(MigrationSource.of(Migration.of("1", "one", "create table t (a int)")))
                    .build();

            assertThat(refusal("WH-MIG-015", migrator::migrate))
                    .hasMessageContainingAll(
                            "PgBouncer in transaction mode", "nothing was run", "straight to PostgreSQL");
        }
        assertThat(database.queryOne("select to_regclass('schema_migrations')::text"))
                .isNull();
    }

    @Test
    void standbyIsRefusedByName() throws Exception {
        try (PostgresServer primary = PostgresServer.builder().start();
                PostgresReplica replica = primary.replica()) {
            Migrator migrator = Migrator.builder(
                            DirectDataSource.of(replica.url("postgres"), primary.user(), primary.password()))
                    .source(MigrationSource.of(Migration.of("1", "one", "create table t (a int)")))
                    .build();

            assertThat(refusal("WH-MIG-016", migrator::migrate))
                    .hasMessageContainingAll("standby", "nothing was run", "primary");
        }
    }

    @Test
    void sessionThatMayNotWriteIsToldSo() {
        HostPool pool = new HostPool(database.dataSource(), "set default_transaction_read_only = on");
        Migrator migrator = Migrator.builder(pool.dataSource())
                .source(MigrationSource.of(Migration.of("1", "one", "create table t (a int)")))
                .build();

        assertThat(refusal("WH-MIG-016", migrator::migrate)).hasMessageContaining("may write");
    }

    @Test
    void runIsTakenOverWhenItsHolderIsKilled() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (ChildJvm victim = ChildJvm.start(Victim.class, database.url(), database.user(), database.password())) {
            victim.awaitLine("inside 002", PATIENCE);
            Future<MigrationReport> waiting =
                    other.submit(() -> builder(Victim.migrations()).build().migrate());

            victim.kill();
            long killed = System.nanoTime();

            assertThat(waiting.get(60, TimeUnit.SECONDS).steps()).hasSize(2);
            // Two seconds are what it takes at most on an idle machine.
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(20));
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void readersGetThroughWhileAMigrationWaitsForALongOne() throws Exception {
        database.execute("create table t (a int)");
        CountDownLatch gaveWay = new CountDownLatch(3);
        MigrationListener listener = new MigrationListener() {
            @Override
            public void onRetry(String version, int attempt, SQLException error) {
                gaveWay.countDown();
            }
        };
        ExecutorService others = Executors.newFixedThreadPool(2);
        AtomicBoolean open = new AtomicBoolean(true);
        try (Connection reader = database.dataSource().getConnection();
                Statement reading = reader.createStatement()) {
            reader.setAutoCommit(false);
            reading.executeQuery("select * from t").close();
            Future<MigrationReport> run =
                    others.submit(() -> builder(Migration.of("1", "one", "alter table t add column b int"))
                            .lockTimeout(Duration.ofMillis(300))
                            .listener(listener)
                            .build()
                            .migrate());
            Future<Duration> longest = others.submit(() -> longestRead(open));

            assertThat(gaveWay.await(60, TimeUnit.SECONDS)).isTrue();
            open.set(false);

            // Behind a migration that does not give way they would wait until the long reader commits below.
            assertThat(longest.get(60, TimeUnit.SECONDS)).isBetween(Duration.ofNanos(1), Duration.ofSeconds(10));
            reader.commit();
            assertThat(run.get(60, TimeUnit.SECONDS).steps().get(0).attempts()).isGreaterThan(3);
        } finally {
            open.set(false);
            others.shutdownNow();
        }
    }

    private Duration longestRead(AtomicBoolean open) throws SQLException {
        long longest = 0;
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            while (open.get()) {
                long began = System.nanoTime();
                try (ResultSet rows = statement.executeQuery("select count(*) from t")) {
                    assertThat(rows.next()).isTrue();
                }
                longest = Math.max(longest, System.nanoTime() - began);
            }
        }
        return Duration.ofNanos(longest);
    }

    @Test
    void whoBlocksIsNamedWithItsQueryButNotItsTexts() throws SQLException {
        database.execute("create table t (a text)", "create table elsewhere (a int)");
        try (Connection blocker = database.dataSource().getConnection();
                Statement blocking = blocker.createStatement();
                Connection bystander = database.dataSource().getConnection();
                Statement standing = bystander.createStatement()) {
            blocker.setAutoCommit(false);
            bystander.setAutoCommit(false);
            standing.execute("insert into elsewhere values (1)");
            blocking.execute("insert into t values ('canary-secret')");

            MigrationException failure = refusal(
                    "WH-MIG-008",
                    () -> builder(Migration.of("1", "one", "alter table t add column b int"))
                            .lockTimeout(Duration.ofMillis(50))
                            .lockRetry(Duration.ZERO)
                            .build()
                            .migrate());

            assertThat(failure)
                    .hasMessageContainingAll("process ", "holds t since", "its query: insert into t values (?)")
                    .hasMessageNotContainingAny("canary", "elsewhere");
        }
    }
}
