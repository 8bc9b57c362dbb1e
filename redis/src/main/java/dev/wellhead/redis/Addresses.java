package dev.wellhead.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Reads and copies addresses, without ever showing what is secret in them. */
final class Addresses {
    private Addresses() {}

    /** Returns host and port, the path of a socket, or the sentinels' name of the master. */
    static String of(RedisURI uri) {
        if (!uri.getSentinels().isEmpty()) {
            return "sentinel master " + uri.getSentinelMasterId();
        }
        return uri.getSocket() == null ? uri.getHost() + ":" + uri.getPort() : uri.getSocket();
    }

    static String of(List<RedisURI> uris) {
        return "cluster " + uris.stream().map(Addresses::of).collect(Collectors.joining(","));
    }

    /** Returns a copy with the time that a connection may take to be made: a stopped server accepts it and says nothing. */
    static RedisURI patient(RedisURI uri, Duration patience) {
        if (uri.getSentinels().isEmpty()) {
            return RedisURI.builder(uri).withTimeout(patience).build();
        }
        // Lettuce's own copy forgets the sentinels.
        RedisURI.Builder copy = RedisURI.builder()
                .withSentinelMasterId(uri.getSentinelMasterId())
                .withDatabase(uri.getDatabase())
                .withSsl(uri)
                .withTimeout(patience);
        if (uri.getCredentialsProvider() != null) {
            copy.withAuthentication(uri.getCredentialsProvider());
        }
        if (uri.getClientName() != null) {
            copy.withClientName(uri.getClientName());
        }
        uri.getSentinels()
                .forEach(sentinel -> copy.withSentinel(
                        RedisURI.builder(sentinel).withTimeout(patience).build()));
        return copy.build();
    }

    /** Returns the address of another server of the same cluster, with the same credentials. */
    static RedisURI of(RedisURI seed, String host, int port) {
        return RedisURI.builder(seed).withHost(host).withPort(port).build();
    }
}
