/** Metrics and spans of the modules by the semantic conventions of OpenTelemetry. */
module dev.wellhead.opentelemetry {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive io.opentelemetry.api;
    requires static transitive dev.wellhead.pool;
    requires static transitive dev.wellhead.migrate;
    requires static transitive dev.wellhead.backup;
    requires static transitive dev.wellhead.redis;
    requires io.opentelemetry.context;
    requires org.slf4j;

    exports dev.wellhead.opentelemetry;
}
