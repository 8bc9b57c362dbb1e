/** Exact rate limits that a fleet shares through Redis, with an in-memory twin. */
module dev.wellhead.ratelimit {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive dev.wellhead.redis;
    requires com.github.benmanes.caffeine;
    requires org.slf4j;

    exports dev.wellhead.ratelimit;
}
