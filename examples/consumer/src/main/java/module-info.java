/** What a service on SQLite requires: the modules that it names, and no driver. */
module dev.wellhead.examples.consumer {
    requires dev.wellhead.pool;
    requires dev.wellhead.migrate;
    requires dev.wellhead.cache;
    requires dev.wellhead.ratelimit;
    requires dev.wellhead.backup;
}
