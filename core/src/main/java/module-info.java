/** What every Wellhead module shares: time, metrics, health, error codes and redaction. */
module dev.wellhead.core {
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.wellhead.core;
    exports dev.wellhead.core.internal to
            dev.wellhead.jdbc,
            dev.wellhead.redis,
            dev.wellhead.pool,
            dev.wellhead.migrate,
            dev.wellhead.backup,
            dev.wellhead.cache,
            dev.wellhead.ratelimit,
            dev.wellhead.micrometer,
            dev.wellhead.opentelemetry,
            dev.wellhead.console;
}
