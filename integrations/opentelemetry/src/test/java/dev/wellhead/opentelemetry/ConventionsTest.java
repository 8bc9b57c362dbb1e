package dev.wellhead.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wellhead.core.internal.MetricCatalogue;
import dev.wellhead.core.internal.MetricCatalogue.Entry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Instruments, units and attributes are those of the semantic conventions for database clients. */
class ConventionsTest {
    private final InMemoryMetricReader reader = InMemoryMetricReader.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(reader).build())
            .build();
    private final OpenTelemetrySink sink = OpenTelemetrySink.builder(sdk)
            .database(DatabaseIdentity.ofJdbcUrl("jdbc:postgresql://db:5433/app"))
            .redis("main", DatabaseIdentity.of("redis").server("cache", 6379))
            .build();

    @AfterEach
    void close() {
        sdk.close();
    }

    private static void recordAll(OpenTelemetrySink sink) {
        for (Entry entry : MetricCatalogue.all()) {
            String[] tags = entry.tags().stream()
                    .flatMap(key -> List.of(key, "main").stream())
                    .toArray(String[]::new);
            switch (entry.kind()) {
                case COUNTER -> sink.counter(entry.name(), tags).add(3);
                case TIMER -> sink.timer(entry.name(), tags).record(30_000_000);
                case GAUGE -> sink.gauge(entry.name(), () -> 3, tags);
            }
        }
    }

    private Map<String, MetricData> collected() {
        return reader.collectAllMetrics().stream().collect(Collectors.toMap(MetricData::getName, Function.identity()));
    }

    private static Set<String> keys(MetricData metric) {
        return metric.getData().getPoints().stream()
                .flatMap(point -> point.getAttributes().asMap().keySet().stream())
                .map(AttributeKey::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    // Written from the conventions: name, instrument, whether a sum only grows, unit, attributes.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "db.client.operation.duration            | HISTOGRAM | -     | s            | db.client.connection.pool.name db.namespace db.system.name error.type server.address server.port wellhead.redis",
                "db.client.connection.count              | LONG_SUM  | false | {connection} | db.client.connection.pool.name db.client.connection.state",
                "db.client.connection.max                | LONG_SUM  | false | {connection} | db.client.connection.pool.name",
                "db.client.connection.idle.min           | LONG_SUM  | false | {connection} | db.client.connection.pool.name",
                "db.client.connection.pending_requests   | LONG_SUM  | false | {request}    | db.client.connection.pool.name",
                "db.client.connection.timeouts           | LONG_SUM  | true  | {timeout}    | db.client.connection.pool.name",
                "db.client.connection.create_time        | HISTOGRAM | -     | s            | db.client.connection.pool.name",
                "db.client.connection.wait_time          | HISTOGRAM | -     | s            | db.client.connection.pool.name",
                "db.client.connection.use_time           | HISTOGRAM | -     | s            | db.client.connection.pool.name",
            })
    void poolsAndOperationsAreToldByTheConventions(
            String name, MetricDataType type, String monotonic, String unit, String attributes) {
        recordAll(sink);

        MetricData metric = collected().get(name);
        assertThat(metric).as(name).isNotNull();
        assertThat(metric.getType()).isEqualTo(type);
        assertThat(metric.getUnit()).isEqualTo(unit);
        assertThat(metric.getDescription()).isNotBlank();
        assertThat(keys(metric)).containsExactly(attributes.split(" ", -1));
        if (type == MetricDataType.LONG_SUM) {
            assertThat(metric.getLongSumData().isMonotonic()).isEqualTo(Boolean.valueOf(monotonic));
        } else {
            assertThat(metric.getHistogramData().getPoints())
                    .allSatisfy(point -> assertThat(point.getBoundaries())
                            .containsExactly(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0));
        }
    }

    @Test
    void connectionsAreUsedOrIdle() {
        sink.gauge("wellhead.pool.active", () -> 4, "pool", "main");
        sink.gauge("wellhead.pool.idle", () -> 2, "pool", "main");

        assertThat(collected()
                        .get("db.client.connection.count")
                        .getLongSumData()
                        .getPoints())
                .extracting(
                        point -> point.getAttributes().get(AttributeKey.stringKey("db.client.connection.state")),
                        point -> point.getValue())
                .containsExactlyInAnyOrder(tuple("used", 4L), tuple("idle", 2L));
    }

    @Test
    void operationsSayWhichDatabaseTheyAreOf() {
        sink.timer("wellhead.pool.statement", "pool", "orders", "outcome", "ok").record(2_000_000);
        sink.timer("wellhead.redis.latency", "redis", "main", "outcome", "failed")
                .record(3_000_000);

        List<HistogramPointData> points = List.copyOf(collected()
                .get("db.client.operation.duration")
                .getHistogramData()
                .getPoints());
        assertThat(points.stream().map(PointData::getAttributes))
                .containsExactlyInAnyOrder(
                        Attributes.builder()
                                .put("db.system.name", "postgresql")
                                .put("db.namespace", "app")
                                .put("server.address", "db")
                                .put("server.port", 5433)
                                .put("db.client.connection.pool.name", "orders")
                                .build(),
                        Attributes.builder()
                                .put("db.system.name", "redis")
                                .put("error.type", "_OTHER")
                                .put("server.address", "cache")
                                .put("wellhead.redis", "main")
                                .build());
        assertThat(points.stream().map(HistogramPointData::getSum)).containsExactlyInAnyOrder(0.002, 0.003);
    }

    @Test
    void poolsMayBeInFrontOfDifferentDatabases() {
        OpenTelemetrySink several = OpenTelemetrySink.builder(sdk)
                .database("files", DatabaseIdentity.of("sqlite"))
                .build();
        several.timer("wellhead.pool.statement", "pool", "files").record(1);
        several.timer("wellhead.pool.statement", "pool", "unknown").record(1);

        assertThat(collected().get("db.client.operation.duration").getHistogramData().getPoints().stream()
                        .map(point -> point.getAttributes().get(DatabaseIdentity.SYSTEM)))
                .containsExactlyInAnyOrder("sqlite", "other_sql");
    }

    @Test
    void operationsCanBeLeftToOthers() {
        OpenTelemetrySink without =
                OpenTelemetrySink.builder(sdk).withoutOperations().build();
        recordAll(without);

        assertThat(collected().keySet())
                .contains("wellhead.pool.statement", "wellhead.redis.latency", "db.client.connection.wait_time")
                .doesNotContain("db.client.operation.duration");
    }

    @Test
    void whatTheConventionsDoNotNameKeepsItsNameWithAttributesOfOurs() {
        recordAll(sink);
        Map<String, MetricData> collected = collected();

        assertThat(collected.get("wellhead.cache.gets").getLongSumData().isMonotonic())
                .isTrue();
        assertThat(keys(collected.get("wellhead.cache.gets")))
                .containsExactly("wellhead.cache", "wellhead.result", "wellhead.tier");
        assertThat(collected.get("wellhead.backup.bytes").getUnit()).isEqualTo("By");
        assertThat(collected.get("wellhead.backup.last_age_seconds").getType()).isEqualTo(MetricDataType.DOUBLE_GAUGE);
        assertThat(collected.get("wellhead.cache.load").getUnit()).isEqualTo("s");
        assertThat(keys(collected.get("wellhead.pool.size"))).containsExactly("db.client.connection.pool.name");
    }

    @Test
    void pageNamesTheInstrumentOfEachMetric() throws IOException {
        List<String> rows = Files.readAllLines(Path.of(System.getProperty("wellhead.checkout"), "docs/metrics.md"));
        Instruments instruments = new Instruments(Map.of(), DatabaseIdentity.of("postgresql"), Map.of(), true);

        for (Entry entry : MetricCatalogue.all()) {
            Instruments.Series series = instruments.of(entry.name());
            assertThat(rows)
                    .filteredOn(row -> row.startsWith("| `" + entry.name() + "` |"))
                    .singleElement()
                    .asString()
                    .contains(" | `" + series.name() + "` | `" + series.unit() + "` | ");
        }
    }
}
