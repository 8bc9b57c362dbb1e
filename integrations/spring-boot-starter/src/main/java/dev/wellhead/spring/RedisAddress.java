package dev.wellhead.spring;

import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where Redis is, as a service connection, {@code wellhead.redis.*} or Spring Data Redis say. A bean of this type takes the
 * place of all three. Immutable and thread-safe; shows no secret.
 */
public final class RedisAddress {
    private final List<RedisURI> uris;
    private final boolean cluster;
    private final @Nullable SslOptions tls;

    private RedisAddress(List<RedisURI> uris, boolean cluster, @Nullable SslOptions tls) {
        this.uris = uris;
        this.cluster = cluster;
        this.tls = tls;
    }

    /**
     * Returns the address of one server, or of the master that sentinels name.
     *
     * @param tls what to trust; null for the JVM's authorities
     */
    public static RedisAddress of(RedisURI uri, @Nullable SslOptions tls) {
        return new RedisAddress(List.of(uri), false, tls);
    }

    /**
     * Returns the address of a Redis Cluster.
     *
     * @param seeds some of its servers
     * @param tls what to trust; null for the JVM's authorities
     */
    public static RedisAddress cluster(List<RedisURI> seeds, @Nullable SslOptions tls) {
        return new RedisAddress(List.copyOf(seeds), true, tls);
    }

    /**
     * Returns the address of a server.
     *
     * @param username null if there is none
     * @param password null if there is none
     * @param bundle asks for TLS; null for none
     */
    public static RedisURI uri(
            String host, int port, @Nullable String username, @Nullable String password, @Nullable SslBundle bundle) {
        RedisURI.Builder builder = RedisURI.Builder.redis(host, port).withSsl(bundle != null);
        if (password != null && username != null) {
            builder.withAuthentication(username, password.toCharArray());
        } else if (password != null) {
            builder.withPassword(password.toCharArray());
        }
        return builder.build();
    }

    /**
     * Returns the address of the master that sentinels name.
     *
     * @param server user, password, TLS and database of the master, host and port aside
     */
    public static RedisURI behind(List<RedisURI> sentinels, String master, RedisURI server) {
        RedisURI uri = RedisURI.builder(server).withSentinelMasterId(master).build();
        uri.setHost(null);
        uri.setPort(0);
        uri.getSentinels().addAll(sentinels);
        return uri;
    }

    /** Returns what to trust, as Boot's SSL bundle says it; null without one. */
    public static @Nullable SslOptions tls(@Nullable SslBundle bundle) {
        return bundle == null ? null : Tls.of(bundle);
    }

    Redis.Builder builder() {
        Redis.Builder builder = cluster ? Redis.cluster(uris) : Redis.builder(uris.get(0));
        return tls == null ? builder : builder.tls(tls);
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return uris.stream().map(RedisURI::toString).toList() + (cluster ? " of a cluster" : "");
    }
}
