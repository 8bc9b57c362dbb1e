package dev.wellhead.opentelemetry;

import dev.wellhead.redis.RedisListener;
import dev.wellhead.redis.RedisUnavailableException;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each time in which calls to Redis were refused ({@code wellhead.redis.outage}) once it is over, with the
 * code of what began it ({@code WH-REDIS-001}). Single calls have no span; instrumentations of Lettuce make them. For one
 * client; thread-safe.
 */
public final class RedisTracing implements RedisListener {
    private final Spans spans;
    private final DatabaseIdentity redis;
    private final RedisListener next;
    private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();

    private record Outage(long since, String code) {}

    private RedisTracing(Spans spans, DatabaseIdentity redis, RedisListener next) {
        this.spans = spans;
        this.redis = redis;
        this.next = next;
    }

    /**
     * Returns a listener for a client of this Redis.
     *
     * @param redis {@code DatabaseIdentity.of("redis")}, best with its server
     */
    public static RedisTracing of(OpenTelemetry openTelemetry, DatabaseIdentity redis) {
        return new RedisTracing(
                new Spans(Objects.requireNonNull(openTelemetry, "openTelemetry")),
                Objects.requireNonNull(redis, "redis"),
                new RedisListener() {});
    }

    /** Returns one that has this listener hear of everything as well, as a client has only one. */
    public RedisTracing listener(RedisListener listener) {
        return new RedisTracing(spans, redis, Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public void unavailable(RedisUnavailableException cause) {
        // Of several servers of a cluster, from the first that is away.
        outage.compareAndSet(null, new Outage(System.nanoTime(), cause.code()));
        next.unavailable(cause);
    }

    @Override
    public void available() {
        Outage over = outage.getAndSet(null);
        if (over != null) {
            spans.past(
                    spans.internal("wellhead.redis.outage").setAllAttributes(redis.attributes()),
                    Duration.ofNanos(System.nanoTime() - over.since()),
                    over.code());
        }
        next.available();
    }
}
