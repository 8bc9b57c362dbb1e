io.micrometer.core.instrument.MeterRegistry registry;
io.opentelemetry.api.OpenTelemetry openTelemetry;
String url, redisUrl;
MetricSink metrics;
DatabaseIdentity database;
DataSource dataSource;
MigrationSource source;
