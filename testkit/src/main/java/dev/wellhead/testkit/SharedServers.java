package dev.wellhead.testkit;

import java.util.Iterator;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Where the shared servers are, if not started from the embedded binaries: the user's own, or a service's. */
final class SharedServers {
    private SharedServers() {}

    /** Starts servers that are shared in place of the embedded ones; the profile "containers" has one. */
    interface Source {
        /** Starts a PostgreSQL that ends with this JVM; returns its JDBC URL with a superuser's name and password. */
        String startPostgres();

        /** Starts a Redis that ends with this JVM; returns its URL. */
        String startRedis();
    }

    static @Nullable String postgresUrl() {
        String given = System.getProperty("wellhead.test.postgres.url");
        Source source = given == null ? source() : null;
        return source == null ? given : source.startPostgres();
    }

    static @Nullable String redisUrl() {
        String given = System.getProperty("wellhead.test.redis.url");
        Source source = given == null ? source() : null;
        return source == null ? given : source.startRedis();
    }

    private static @Nullable Source source() {
        Iterator<Source> sources = ServiceLoader.load(Source.class).iterator();
        return sources.hasNext() ? sources.next() : null;
    }
}
