/** Cache-aside over a near tier in the process and a far tier in Redis, with one load per key in the whole fleet. */
module dev.wellhead.cache {
    requires static org.jspecify;
    requires static com.fasterxml.jackson.databind;
    requires transitive dev.wellhead.core;
    requires transitive dev.wellhead.redis;
    requires com.github.benmanes.caffeine;
    requires org.slf4j;

    exports dev.wellhead.cache;
}
