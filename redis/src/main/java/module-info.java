/** The Redis client with a budget per call and a breaker that cache and ratelimit share. */
module dev.wellhead.redis {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive lettuce.core;
    requires io.netty.common;
    requires org.slf4j;

    exports dev.wellhead.redis;
}
