package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.ratelimit.LimitScript.Answer;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisClock;
import dev.wellhead.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides on asks in Redis, each in one trip of its own. Thread-safe. */
final class AskTrips {
    static final String TOO_LATE = "Redis was reached only after the budget, and charged nothing";

    private final RateLimiter limiter;
    private final Redis redis;
    private final LimitScript script;
    private final String prefix;
    private final MicroClock clock;
    private final Reception reception;
    private final DecisionCounter counter;

    /**
     * How a trip ended.
     *
     * @param decision null if Redis did not decide
     * @param why it did not
     */
    record Attempt(@Nullable Decision decision, String why) {}

    /**
     * @param limiter whose trips they are
     * @param prefix what keys begin with
     */
    AskTrips(
            RateLimiter limiter,
            Redis redis,
            LimitScript script,
            String prefix,
            MicroClock clock,
            Reception reception,
            DecisionCounter counter) {
        this.limiter = limiter;
        this.redis = redis;
        this.script = script;
        this.prefix = prefix;
        this.clock = clock;
        this.reception = reception;
        this.counter = counter;
    }

    /** Blocks for the budget at most; an interrupt ends the wait and leaves the flag set. */
    Attempt attempt(Ask ask, boolean take) {
        // Before it is sent, so that Redis' time is never taken for earlier than it is.
        long sent = clock.micros();
        try {
            List<byte[]> keys = keys(ask);
            RedisClock time = redis.clock(keys.get(0));
            List<byte[]> arguments = script.arguments(ask, take, time.notAfterMicros(redis.budget()));
            return judged(ask, take, time, sent, redis.run(script.script(), keys, arguments));
        } catch (RedisUnavailableException e) {
            return failed(e);
        }
    }

    /**
     * Never blocks; the stage ends within the budget and does not fail.
     *
     * @param patience until when Redis may still charge
     */
    CompletionStage<Attempt> attemptAsync(Ask ask, boolean take, Duration patience) {
        long sent = clock.micros();
        try {
            List<byte[]> keys = keys(ask);
            RedisClock time = redis.clock(keys.get(0));
            List<byte[]> arguments = script.arguments(ask, take, time.notAfterMicros(patience));
            return redis.runAsync(script.script(), keys, arguments)
                    .handle((reply, error) ->
                            error == null ? judged(ask, take, time, sent, reply) : failed(Failures.of(error)));
        } catch (RedisUnavailableException e) {
            return CompletableFuture.completedStage(failed(e));
        }
    }

    private List<byte[]> keys(Ask ask) {
        return ask.charges().stream()
                .map(charge -> (prefix + charge.id()).getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    private Attempt failed(RedisUnavailableException cause) {
        reception.failed(cause);
        return new Attempt(null, String.valueOf(cause.getMessage()));
    }

    private Attempt judged(Ask ask, boolean take, RedisClock time, long sent, List<@Nullable Object> reply) {
        counter.trip();
        Answer answer = script.read(reply, take);
        time.observe(answer.nowMicros());
        Outcome outcome = answer.outcome();
        if (outcome == null) {
            reception.late();
            return new Attempt(null, TOO_LATE);
        }
        reception.answered();
        List<Charge> charges = ask.charges();
        for (int i = 0; i < charges.size(); i++) {
            boolean absent = answer.absent().get(i);
            reception.observe(charges.get(i), outcome.states().get(i), outcome.nowMicros(), sent, absent);
        }
        Decision decision = Decision.of(ask, charges, outcome, Charge::algorithm, Source.REDIS);
        return new Attempt(
                outcome.charged() ? decision.with(Receipt.of(limiter, ask, outcome.states())) : decision, "");
    }
}
