package dev.wellhead.ratelimit;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.ratelimit.LimitScript.Answer;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisClock;
import dev.wellhead.redis.RedisUnavailableException;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides in Redis, in one trip, or in none where Redis is known to deny; and by the limits' failure policies while it does
 * not answer.
 */
final class RedisRateLimiter implements RateLimiter {
    private final String name;
    private final String prefix;
    private final Redis redis;
    private final LimitScript script;
    private final LocalBuckets localBuckets;
    private final LastSeen lastSeen;
    private final MicroClock clock;
    private final Denials denials;
    private final Fallback fallback;
    private final Outage outage;
    private final DecisionCounter counter;
    private final RedisPermits permits;
    private final MetricSink.Registration keys;

    RedisRateLimiter(RedisBuilder options, LimitScript script) {
        this(options, script, new PermitScript());
    }

    RedisRateLimiter(RedisBuilder options, LimitScript script, PermitScript permitScript) {
        name = "ratelimit '" + options.namespace + "'";
        prefix = options.namespace + ":";
        redis = options.redis;
        this.script = script;
        clock = new MicroClock(options.ticker);
        localBuckets = new LocalBuckets(options.maxKeys, clock);
        lastSeen = new LastSeen(options.maxKeys, clock);
        denials = new Denials(lastSeen, clock, options.denialMaxAge);
        fallback = new Fallback(options.failurePolicy, localBuckets, lastSeen);
        outage = new Outage(name, options.ticker, options.listener);
        counter = new DecisionCounter(options.metrics, options.namespace);
        permits = new RedisPermits(options, permitScript, outage, counter);
        keys = options.metrics.gauge("wellhead.ratelimit.keys", localBuckets::keys, "limiter", options.namespace);
    }

    @Override
    public Decision tryAcquire(Ask ask) {
        return counter.count(decide(ask, true));
    }

    @Override
    public Decision peek(Ask ask) {
        return decide(ask, false);
    }

    @Override
    public CompletionStage<Decision> tryAcquireAsync(Ask ask) {
        Optional<Limit> impossible = ask.impossible();
        if (impossible.isPresent()) {
            return CompletableFuture.completedStage(counter.count(Decision.never(ask, impossible.get())));
        }
        Decision denied = denials.of(ask);
        if (denied != null) {
            return CompletableFuture.completedStage(counter.count(denied));
        }
        return askAsync(ask).thenApply(counter::count);
    }

    @Override
    public Permit tryAcquire(ConcurrencyLimit limit, String key) {
        return counter.count(limit, permits.tryAcquire(limit, key));
    }

    @Override
    public RateLimiterStats stats() {
        return counter.stats(localBuckets);
    }

    @Override
    public Health health() {
        return outage.health(redis.health());
    }

    @Override
    public void close() {
        keys.close();
    }

    private Decision decide(Ask ask, boolean take) {
        Optional<Limit> impossible = ask.impossible();
        if (impossible.isPresent()) {
            return Decision.never(ask, impossible.get());
        }
        Decision denied = take ? denials.of(ask) : null;
        if (denied != null) {
            return denied;
        }
        // Before it is sent, so that Redis' time is never taken for earlier than it is.
        long sent = clock.micros();
        try {
            return judged(ask, take, sent, ask(ask, take));
        } catch (RedisUnavailableException e) {
            return fallBack(ask, take, e);
        }
    }

    private Answer ask(Ask ask, boolean take) {
        List<byte[]> keys = keys(ask);
        RedisClock time = redis.clock(keys.get(0));
        return answered(time, take, redis.run(script.script(), keys, script.arguments(ask, take, notAfter(time))));
    }

    private CompletionStage<Decision> askAsync(Ask ask) {
        List<byte[]> keys = keys(ask);
        RedisClock time = redis.clock(keys.get(0));
        long sent = clock.micros();
        return redis.runAsync(script.script(), keys, script.arguments(ask, true, notAfter(time)))
                .handle((reply, error) -> error == null
                        ? judged(ask, true, sent, answered(time, true, reply))
                        : fallBack(ask, true, unavailable(error)));
    }

    /** To be read before the call starts, so that Redis gives up no later than the caller. */
    private long notAfter(RedisClock time) {
        return time.notAfterMicros(redis.budget());
    }

    private Answer answered(RedisClock time, boolean take, List<@Nullable Object> reply) {
        counter.trip();
        Answer answer = script.read(reply, take);
        time.observe(answer.nowMicros());
        return answer;
    }

    private Decision judged(Ask ask, boolean take, long sent, Answer answer) {
        Outcome outcome = answer.outcome();
        if (outcome == null) {
            counter.lateRefusal();
            return fallBack(ask, take, "Redis was reached only after the budget, and charged nothing");
        }
        outage.answered();
        remember(ask, sent, answer, outcome);
        return Decision.of(ask, ask.charges(), outcome, Charge::algorithm, Source.REDIS);
    }

    private void remember(Ask ask, long sent, Answer answer, Outcome outcome) {
        for (int i = 0; i < ask.charges().size(); i++) {
            Charge charge = ask.charges().get(i);
            boolean absent = answer.absent().get(i);
            if (lastSeen.observe(charge.id(), outcome.states().get(i), outcome.nowMicros(), sent, absent)) {
                counter.stateLost();
                outage.stateLost(charge.limit());
            }
        }
    }

    private Decision fallBack(Ask ask, boolean take, RedisUnavailableException cause) {
        if (cause.reason() != Reason.BREAKER_OPEN) {
            counter.trip();
            counter.failedTrip();
        }
        return fallBack(ask, take, String.valueOf(cause.getMessage()));
    }

    private Decision fallBack(Ask ask, boolean take, String why) {
        outage.fellBack(why);
        return fallback.decide(ask, take);
    }

    private List<byte[]> keys(Ask ask) {
        return ask.charges().stream()
                .map(charge -> (prefix + charge.id()).getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    private static RedisUnavailableException unavailable(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof RedisUnavailableException unavailable) {
            return unavailable;
        }
        throw new AssertionError("the client fails with nothing else", cause);
    }
}
