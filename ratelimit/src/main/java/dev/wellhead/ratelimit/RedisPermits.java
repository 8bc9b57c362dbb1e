package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.ratelimit.FailurePolicy.Closed;
import dev.wellhead.ratelimit.FailurePolicy.Local;
import dev.wellhead.ratelimit.PermitScript.Answer;
import dev.wellhead.ratelimit.PermitScript.Order;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisClock;
import dev.wellhead.redis.RedisUnavailableException;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Has Redis decide who may be at work, and the failure policies while it does not answer. Thread-safe.
 *
 * <p>The law: at most {@code permits} hold one at any instant, as long as each stops when its lease is over by its own clock.
 * For a lease is counted from before Redis was asked, and in Redis from when it answered, which is later.
 */
final class RedisPermits {
    private static final Duration RETRY_WHILE_CLOSED = Duration.ofSeconds(1);

    private final Redis redis;
    private final String prefix;
    private final PermitScript script;
    private final FailurePolicy standard;
    private final Ticker ticker;
    private final Outage outage;
    private final DecisionCounter counter;
    private final LocalPermits local;

    RedisPermits(RateLimiter.RedisBuilder options, PermitScript script, Outage outage, DecisionCounter counter) {
        this.redis = options.redis;
        this.prefix = options.namespace + ":";
        this.script = script;
        this.standard = options.failurePolicy;
        this.ticker = options.ticker;
        this.outage = outage;
        this.counter = counter;
        this.local = new LocalPermits(options.ticker);
    }

    Permit tryAcquire(ConcurrencyLimit limit, String key) {
        InRedis held = new InRedis(limit, limit.id(key));
        long asked = ticker.nanos();
        Answer answer;
        try {
            answer = held.ask(Order.ENTER);
        } catch (RedisUnavailableException e) {
            if (e.reason() != Reason.BREAKER_OPEN) {
                counter.failedTrip();
                // It may have been given, with the answer lost on its way.
                held.release();
            }
            return fallBack(limit, held, asked, String.valueOf(e.getMessage()));
        }
        if (answer.verdict() < 0) {
            counter.lateRefusal();
            return fallBack(limit, held, asked, "Redis was reached only after the budget, and gave nothing");
        }
        outage.answered();
        if (answer.verdict() == 0) {
            long wait = Math.max(1, answer.firstEndMicros() - answer.nowMicros());
            return Permit.denied(Source.REDIS, Duration.ofNanos(wait * 1_000));
        }
        // So that a share of it is known should Redis go away.
        local.enter(held.id, held, Long.MAX_VALUE, limit.lease());
        return Permit.granted(Source.REDIS, ticker, asked, limit.lease(), held);
    }

    private Permit fallBack(ConcurrencyLimit limit, InRedis held, long asked, String why) {
        outage.fellBack(why);
        FailurePolicy policy = limit.failurePolicy().orElse(standard);
        if (policy instanceof Closed) {
            return Permit.denied(Source.CLOSED, RETRY_WHILE_CLOSED);
        }
        long share = policy instanceof Local part ? (long) (limit.permits() * part.share()) : Long.MAX_VALUE;
        Duration wait = local.enter(held.id, held, share, limit.lease());
        Source source = policy instanceof Local ? Source.LOCAL_FALLBACK : Source.OPEN;
        return wait.isZero()
                ? Permit.granted(source, ticker, asked, limit.lease(), local.held(held.id, held, limit.lease()))
                : Permit.denied(source, wait);
    }

    /** A permit that Redis gave, by the id of its holder. */
    private final class InRedis implements Permit.Held {
        private final ConcurrencyLimit limit;
        private final String id;
        private final List<byte[]> keys;
        private final byte[] holder;

        InRedis(ConcurrencyLimit limit, String id) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            this.limit = limit;
            this.id = id;
            this.keys = List.of((prefix + id).getBytes(StandardCharsets.US_ASCII));
            this.holder = ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(random.nextLong())
                    .putLong(random.nextLong())
                    .array();
        }

        private Answer ask(Order order) {
            RedisClock time = redis.clock(keys.get(0));
            List<byte[]> arguments = script.arguments(
                    order, holder, time.notAfterMicros(redis.budget()), limit.lease(), limit.permits());
            counter.trip();
            Answer answer = PermitScript.read(redis.run(script.script(), keys, arguments));
            time.observe(answer.nowMicros());
            return answer;
        }

        @Override
        public boolean renew() {
            try {
                return ask(Order.RENEW).verdict() == 1 && local.renew(id, this, limit.lease());
            } catch (RedisUnavailableException e) {
                return false;
            }
        }

        @Override
        public void release() {
            local.leave(id, this);
            redis.runAsync(script.script(), keys, script.arguments(Order.LEAVE, holder, 0, limit.lease(), 0));
        }
    }
}
