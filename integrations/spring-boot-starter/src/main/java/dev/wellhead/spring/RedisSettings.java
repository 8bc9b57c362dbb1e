package dev.wellhead.spring;

import dev.wellhead.core.Redaction;
import dev.wellhead.redis.Redis;
import dev.wellhead.spring.WellheadConfigurationException.Reason;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Hands the properties of Redis on. */
final class RedisSettings {
    private static final String PREFIX = "wellhead.redis";

    private RedisSettings() {}

    static RedisAddress address(RedisProperties properties, ObjectProvider<SslBundles> bundles) {
        String url = properties.url();
        String bundle = properties.sslBundle();
        SslOptions tls = bundle == null ? null : Tls.of(find(bundle, bundles));
        if (url != null && !properties.cluster().isEmpty()) {
            throw new WellheadConfigurationException(
                    Reason.SETTING, PREFIX + ".url and " + PREFIX + ".cluster are both set; remove one of the two");
        }
        if (url != null) {
            return RedisAddress.of(uri(PREFIX + ".url", url), tls);
        }
        List<RedisURI> seeds = properties.cluster().stream()
                .map(seed -> uri(PREFIX + ".cluster", seed))
                .toList();
        return RedisAddress.cluster(seeds, tls);
    }

    // Without the cause: its message quotes the address, password and all.
    private static RedisURI uri(String property, String url) {
        try {
            return RedisURI.create(url);
        } catch (RuntimeException e) {
            throw new WellheadConfigurationException(
                    Reason.SETTING,
                    property + " is no address of Redis: " + Redaction.url(url)
                            + "; give it as redis://user:password@host:6379, rediss:// for TLS, or"
                            + " redis-sentinel://host:26379#master");
        }
    }

    private static SslBundle find(String name, ObjectProvider<SslBundles> bundles) {
        try {
            return bundles.getObject().getBundle(name);
        } catch (NoSuchSslBundleException e) {
            throw new WellheadConfigurationException(
                    Reason.SETTING,
                    PREFIX + ".ssl-bundle names '" + name + "', and there is no spring.ssl.bundle of that name",
                    e);
        }
    }

    static Settings apply(RedisProperties from, Redis.Builder to) {
        return new Settings(PREFIX)
                .set("name", from.name(), to::name)
                .set("budget", from.budget(), to::budget)
                .set("connectTimeout", from.connectTimeout(), to::connectTimeout)
                .set("breakerFailures", from.breakerFailures(), failures -> to.breaker(failures, Duration.ofSeconds(1)))
                .set("breakerProbe", from.breakerProbe(), probe -> to.breaker(from.breakerFailures(), probe))
                .set("heartbeat", from.heartbeat(), to::heartbeat)
                .set("queue", from.queue(), to::queue);
    }
}
