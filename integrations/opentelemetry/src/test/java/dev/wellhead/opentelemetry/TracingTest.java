package dev.wellhead.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupListener;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationListener;
import dev.wellhead.migrate.MigrationReport;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.PoolListener;
import dev.wellhead.pool.PoolStats;
import dev.wellhead.pool.SlowQuery;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisListener;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import io.lettuce.core.RedisURI;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans of real modules on real servers. */
class TracingTest {
    private static final String CANARY = "canary7d1f";
    private static final Duration LONG = Duration.ofSeconds(30);

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private TestDatabase database;
    private DatabaseIdentity identity;

    @TempDir
    private Path folder;

    @BeforeEach
    void create() {
        database = TestDatabase.postgres();
        identity = DatabaseIdentity.ofJdbcUrl(database.url());
    }

    @AfterEach
    void close() {
        database.close();
        sdk.close();
    }

    private ConnectionPool.Builder pool() {
        return ConnectionPool.builder(database.url())
                .name("orders")
                .credentials(database.user(), database.password())
                .maxSize(1);
    }

    private List<String> names() {
        return exporter.getFinishedSpanItems().stream().map(SpanData::getName).toList();
    }

    private SpanData span(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + names()));
    }

    private static String text(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private void run(ConnectionPool pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void slowStatementIsAClientSpanOfItsCallerNamedAfterWhatItDoes() throws SQLException {
        PoolTracing tracing =
                PoolTracing.builder(sdk, identity).slowStatements().build();
        try (ConnectionPool pool = pool().slowQueryThreshold(Duration.ofMillis(1))
                .listener(tracing)
                .build()) {
            Span caller = sdk.getTracer("host").spanBuilder("request").startSpan();
            try (Scope scope = caller.makeCurrent()) {
                assertThat(scope).isNotNull();
                run(pool, "select pg_sleep(0.02), '" + CANARY + "' from pg_class limit 1");
            } finally {
                caller.end();
            }
        }

        SpanData span = span("SELECT pg_class");
        assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(span.getParentSpanId()).isEqualTo(span("request").getSpanId());
        assertThat(text(span, "db.system.name")).isEqualTo("postgresql");
        assertThat(text(span, "db.namespace")).isEqualTo(database.name());
        assertThat(text(span, "db.operation.name")).isEqualTo("SELECT");
        assertThat(text(span, "db.collection.name")).isEqualTo("pg_class");
        assertThat(text(span, "db.query.summary")).isEqualTo("SELECT pg_class");
        assertThat(text(span, "db.client.connection.pool.name")).isEqualTo("orders");
        assertThat(text(span, "db.query.text")).isNull();
        assertThat(span.getEndEpochNanos() - span.getStartEpochNanos()).isGreaterThanOrEqualTo(20_000_000);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(exporter.getFinishedSpanItems().toString()).doesNotContain(CANARY);
    }

    @Test
    void slowStatementThatFailsHasItsSqlStateAndNoMessage() throws SQLException {
        PoolTracing tracing =
                PoolTracing.builder(sdk, identity).slowStatements().queryText().build();
        try (ConnectionPool pool =
                pool().slowQueryThreshold(Duration.ofNanos(1)).listener(tracing).build()) {
            assertThatThrownBy(() -> run(pool, "select * from missing where note = '" + CANARY + "'"))
                    .isInstanceOf(SQLException.class);
        }

        SpanData span = span("SELECT missing");
        assertThat(text(span, "error.type")).isEqualTo("42P01");
        assertThat(text(span, "db.response.status_code")).isEqualTo("42P01");
        assertThat(text(span, "db.query.text")).isEqualTo("select * from missing where note = '***'");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(exporter.getFinishedSpanItems().toString()).doesNotContain(CANARY);
    }

    @Test
    void statementsAreNoSpansUnlessAskedFor() throws SQLException {
        try (ConnectionPool pool = pool().slowQueryThreshold(Duration.ofNanos(1))
                .listener(PoolTracing.builder(sdk, identity).queryText().build())
                .build()) {
            run(pool, "select 1");
        }
        Migrator.builder(database.dataSource())
                .source(MigrationSource.of(Map.of("001_a.sql", "create table a (id int)")))
                .listener(MigrationTracing.builder(sdk, identity).build())
                .build()
                .migrate();

        assertThat(names()).containsExactly("wellhead.migrate.up", "wellhead.migrate.run");
    }

    @Test
    void timeoutIsAnEventOnTheSpanOfWhoGotNoConnection() throws SQLException {
        List<String> heard = new CopyOnWriteArrayList<>();
        PoolListener own = new PoolListener() {
            @Override
            public void acquireTimedOut(String pool, PoolStats stats) {
                heard.add(pool);
            }
        };
        try (ConnectionPool pool = pool().listener(
                                PoolTracing.builder(sdk, identity).listener(own).build())
                        .build();
                Connection held = pool.getConnection()) {
            Span caller = sdk.getTracer("host").spanBuilder("request").startSpan();
            try (Scope scope = caller.makeCurrent()) {
                assertThat(scope).isNotNull();
                assertThat(pool.tryAcquire(Duration.ofMillis(10))).isEmpty();
            } finally {
                caller.end();
            }
            assertThat(held.isValid(5)).isTrue();
        }

        assertThat(span("request").getEvents())
                .extracting(EventData::getName)
                .containsExactly("wellhead.pool.nested_borrow", "wellhead.pool.timeout");
        EventData event = span("request").getEvents().get(1);
        assertThat(event.getAttributes().get(AttributeKey.stringKey("db.client.connection.pool.name")))
                .isEqualTo("orders");
        assertThat(event.getAttributes().get(AttributeKey.longKey("wellhead.pool.max")))
                .isEqualTo(1);
        assertThat(heard).containsExactly("orders");
    }

    @Test
    void outageOfTheDatabaseIsASpanOnceItIsOver() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(PostgresServer.shared().port());
                ConnectionPool pool = ConnectionPool.builder(database.url()
                                .replace(":" + PostgresServer.shared().port() + "/", ":" + proxy.port() + "/"))
                        .name("orders")
                        .credentials(database.user(), database.password())
                        .minIdle(0)
                        .acquireTimeout(Duration.ofMillis(200))
                        .listener(PoolTracing.builder(sdk, identity).build())
                        .build()) {
            proxy.refuse();
            await().atMost(LONG).until(() -> {
                assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
                return pool.stats().connectFailures() > 1;
            });
            proxy.heal();
            await().atMost(LONG).ignoreExceptions().untilAsserted(() -> {
                pool.getConnection().close();
                assertThat(names()).contains("wellhead.pool.outage");
            });
        }

        SpanData outage = span("wellhead.pool.outage");
        assertThat(text(outage, "error.type")).startsWith("08");
        assertThat(outage.getEndEpochNanos()).isGreaterThan(outage.getStartEpochNanos());
    }

    @Test
    void migrationsAreSpansInTheSpanOfTheirRun() {
        Migrator migrator = Migrator.builder(database.dataSource())
                .source(MigrationSource.of(Map.of(
                        "001_a.sql", "create table a (id int); insert into a values (1)",
                        "001_a.down.sql", "drop table a")))
                .listener(MigrationTracing.builder(sdk, identity).statements().build())
                .build();

        migrator.migrate();
        migrator.rollback(1);

        assertThat(names())
                .containsExactly(
                        "CREATE a",
                        "INSERT a",
                        "wellhead.migrate.up",
                        "wellhead.migrate.run",
                        "DROP a",
                        "wellhead.migrate.down",
                        "wellhead.migrate.run");
        SpanData up = span("wellhead.migrate.up");
        assertThat(up.getParentSpanId()).isEqualTo(span("wellhead.migrate.run").getSpanId());
        assertThat(text(up, "wellhead.migrate.version")).isEqualTo("001");
        assertThat(span("CREATE a").getParentSpanId()).isEqualTo(up.getSpanId());
        assertThat(span("CREATE a").getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(text(span("CREATE a"), "db.query.text")).isNull();
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void migrationThatFailsHasItsCodeAndNoMessageAndLeavesNoSpanOpen() {
        List<String> heard = new CopyOnWriteArrayList<>();
        MigrationListener own = new MigrationListener() {
            @Override
            public void onStarted(String version, MigrationReport.Direction direction) {
                heard.add("started " + Span.current().getSpanContext().isValid());
            }

            @Override
            public void onRunFailed(Throwable error) {
                heard.add("failed");
            }
        };
        Migrator migrator = Migrator.builder(database.dataSource())
                .source(MigrationSource.of(Map.of("001_a.sql", "insert into " + CANARY + " values (1)")))
                .listener(MigrationTracing.builder(sdk, identity)
                        .statements()
                        .listener(own)
                        .build())
                .build();

        assertThatThrownBy(migrator::migrate).isInstanceOfSatisfying(MigrationException.class, error -> {
            assertThat(text(span("wellhead.migrate.up"), "error.type")).isEqualTo(error.code());
            assertThat(text(span("wellhead.migrate.run"), "error.type")).isEqualTo(error.code());
        });

        assertThat(names()).containsExactly("INSERT " + CANARY, "wellhead.migrate.up", "wellhead.migrate.run");
        assertThat(span("INSERT " + CANARY).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span("wellhead.migrate.run").getEvents()).isEmpty();
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
        assertThat(heard).containsExactly("started true", "failed");
    }

    @Test
    void backupsAndRestoresAreSpans() throws SQLException {
        List<String> heard = new CopyOnWriteArrayList<>();
        BackupListener own = new BackupListener() {
            @Override
            public void moved(String id, BackupInfo.State state, String detail) {
                heard.add(state.name());
            }
        };
        database.execute("create table notes (id int primary key, note text)", "insert into notes values (1, 'x')");
        try (ConnectionPool pool = pool().build()) {
            Backups backups = Backups.builder(Database.postgres(pool.direct()), BackupStore.directory(folder))
                    .listener(BackupTracing.of(sdk, identity).listener(own))
                    .build();
            Span caller = sdk.getTracer("host").spanBuilder("drill").startSpan();
            String restored = database.name() + "_r";
            try (Scope scope = caller.makeCurrent()) {
                assertThat(scope).isNotNull();
                BackupInfo made = backups.create();
                backups.verify(made.id());
                backups.restore(made.id(), RestoreTarget.newDatabase(restored));
            } finally {
                caller.end();
                PostgresServer.shared().administrate("drop database if exists \"" + restored + "\" with (force)");
            }
        }

        assertThat(names()).containsExactly("wellhead.backup.create", "wellhead.backup.restore", "drill");
        assertThat(span("wellhead.backup.create").getParentSpanId())
                .isEqualTo(span("drill").getSpanId());
        assertThat(span("wellhead.backup.restore").getAttributes().get(AttributeKey.longKey("wellhead.backup.rows")))
                .isEqualTo(1);
        assertThat(span("drill").getEvents())
                .extracting(EventData::getName)
                .containsExactly("wellhead.backup.verified");
        assertThat(heard).containsExactly("RUNNING", "COMPLETE", "VERIFIED");
    }

    @Test
    void backupThatFailsIsASpanWithAnError() {
        ConnectionPool pool = pool().build();
        Backups backups = Backups.builder(Database.postgres(pool.direct()), BackupStore.directory(folder))
                .listener(BackupTracing.of(sdk, identity))
                .build();
        // Aggregates cannot be taken along.
        database.execute("create aggregate odd (int) (sfunc = int4pl, stype = int)");
        assertThatThrownBy(backups::create).isInstanceOf(RuntimeException.class);
        pool.close();

        assertThat(span("wellhead.backup.create").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void outageOfRedisIsASpanOnceItIsOver() {
        List<String> heard = new CopyOnWriteArrayList<>();
        RedisListener own = new RedisListener() {
            @Override
            public void available() {
                heard.add("available");
            }
        };
        try (RedisServer server = RedisServer.builder().start();
                Redis redis = Redis.builder(RedisURI.create(server.uri()))
                        .listener(RedisTracing.of(
                                        sdk, DatabaseIdentity.of("redis").server("127.0.0.1", server.port()))
                                .listener(own))
                        .build()) {
            server.kill();
            await().atMost(LONG).until(() -> {
                assertThatThrownBy(() -> redis.call(commands -> commands.get(new byte[] {1})));
                return redis.stats().breakerOpen();
            });
            assertThat(names()).isEmpty();
            server.start();
            await().atMost(LONG).until(() -> names().contains("wellhead.redis.outage"));
        }

        SpanData outage = span("wellhead.redis.outage");
        assertThat(text(outage, "error.type")).startsWith("WH-REDIS-");
        assertThat(text(outage, "db.system.name")).isEqualTo("redis");
        assertThat(outage.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        await().atMost(LONG).until(() -> heard.contains("available"));
    }

    @Test
    void slowQueryListenersOfTheHostHearAsEver() throws SQLException {
        List<String> heard = new CopyOnWriteArrayList<>();
        PoolListener own = new PoolListener() {
            @Override
            public void slowQuery(String pool, SlowQuery query) {
                heard.add(query.sql());
            }
        };
        try (ConnectionPool pool = pool().slowQueryThreshold(Duration.ofNanos(1))
                .listener(PoolTracing.builder(sdk, identity).listener(own).build())
                .build()) {
            run(pool, "select 1");
        }

        assertThat(heard).containsExactly("select 1");
    }
}
