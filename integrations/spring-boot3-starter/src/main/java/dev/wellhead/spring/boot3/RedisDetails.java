package dev.wellhead.spring.boot3;

import dev.wellhead.spring.RedisAddress;
import io.lettuce.core.RedisURI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails.Cluster;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails.Node;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails.Sentinel;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails.Standalone;
import org.springframework.boot.ssl.SslBundle;

/** Reads what Spring Data Redis is told, whoever tells it. */
final class RedisDetails {
    private RedisDetails() {}

    static RedisAddress address(RedisConnectionDetails details) {
        String user = details.getUsername();
        String password = details.getPassword();
        Cluster cluster = details.getCluster();
        if (cluster != null) {
            SslBundle bundle = cluster.getSslBundle();
            return RedisAddress.cluster(uris(cluster.getNodes(), user, password, bundle), RedisAddress.tls(bundle));
        }
        Sentinel sentinel = details.getSentinel();
        if (sentinel != null) {
            SslBundle bundle = sentinel.getSslBundle();
            RedisURI server = RedisAddress.uri("master", 1, user, password, bundle);
            server.setDatabase(sentinel.getDatabase());
            List<RedisURI> sentinels =
                    uris(sentinel.getNodes(), sentinel.getUsername(), sentinel.getPassword(), bundle);
            return RedisAddress.of(
                    RedisAddress.behind(sentinels, sentinel.getMaster(), server), RedisAddress.tls(bundle));
        }
        Standalone one = details.getStandalone();
        if (one == null) {
            throw new IllegalStateException(
                    "the connection details of Redis name no server, no sentinels and no cluster: " + details.getClass()
                            + "; set wellhead.redis.url");
        }
        SslBundle bundle = one.getSslBundle();
        RedisURI uri = RedisAddress.uri(one.getHost(), one.getPort(), user, password, bundle);
        uri.setDatabase(one.getDatabase());
        return RedisAddress.of(uri, RedisAddress.tls(bundle));
    }

    private static List<RedisURI> uris(
            List<Node> nodes, @Nullable String user, @Nullable String password, @Nullable SslBundle bundle) {
        return nodes.stream()
                .map(node -> RedisAddress.uri(node.host(), node.port(), user, password, bundle))
                .toList();
    }
}
