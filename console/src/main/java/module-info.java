/** One page that shows how a running service's pool, cache, limiter, Redis, migrations and backups are. */
module dev.wellhead.console {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive jdk.httpserver;
    requires java.sql;
    requires org.slf4j;
    // A host shows what it has, and requires that itself.
    requires static dev.wellhead.pool;
    requires static dev.wellhead.migrate;
    requires static dev.wellhead.backup;
    requires static dev.wellhead.redis;
    requires static dev.wellhead.cache;
    requires static dev.wellhead.ratelimit;

    exports dev.wellhead.console;
}
