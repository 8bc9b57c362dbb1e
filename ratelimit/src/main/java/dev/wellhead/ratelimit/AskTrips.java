package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.ratelimit.LimitScript.Answer;
import dev.wellhead.redis.RedisClock;
import dev.wellhead.redis.RedisUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides on asks in Redis, each in one trip of its own. Thread-safe. */
final class AskTrips {
    static final String TOO_LATE = "Redis was reached only after the budget, and charged nothing";

    private final Route route;
    private final LimitScript script;

    /**
     * How a trip ended.
     *
     * @param decision null if Redis did not decide
     * @param why it did not
     */
    record Attempt(@Nullable Decision decision, String why) {}

    AskTrips(Route route, LimitScript script) {
        this.route = route;
        this.script = script;
    }

    /** Blocks for the budget at most; an interrupt ends the wait and leaves the flag set. */
    Attempt attempt(Ask ask, boolean take) {
        // Before it is sent, so that Redis' time is never taken for earlier than it is.
        long sent = route.clock().micros();
        try {
            List<byte[]> keys = keys(ask);
            RedisClock time = route.redis().clock(keys.get(0));
            List<byte[]> arguments = script.arguments(
                    ask, take, time.notAfterMicros(route.redis().budget()));
            return judged(ask, take, time, sent, route.redis().run(script.script(), keys, arguments));
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
        long sent = route.clock().micros();
        try {
            List<byte[]> keys = keys(ask);
            RedisClock time = route.redis().clock(keys.get(0));
            List<byte[]> arguments = script.arguments(ask, take, time.notAfterMicros(patience));
            return route.redis()
                    .runAsync(script.script(), keys, arguments)
                    .handle((reply, error) ->
                            error == null ? judged(ask, take, time, sent, reply) : failed(Failures.of(error)));
        } catch (RedisUnavailableException e) {
            return CompletableFuture.completedStage(failed(e));
        }
    }

    private List<byte[]> keys(Ask ask) {
        return ask.charges().stream().map(route::key).toList();
    }

    private Attempt failed(RedisUnavailableException cause) {
        route.reception().failed(cause);
        return new Attempt(null, String.valueOf(cause.getMessage()));
    }

    private Attempt judged(Ask ask, boolean take, RedisClock time, long sent, List<@Nullable Object> reply) {
        route.counter().trip();
        Answer answer = script.read(reply, take);
        time.observe(answer.nowMicros());
        Outcome outcome = answer.outcome();
        if (outcome == null) {
            route.reception().late();
            return new Attempt(null, TOO_LATE);
        }
        route.reception().answered();
        List<Charge> charges = ask.charges();
        for (int i = 0; i < charges.size(); i++) {
            boolean absent = answer.absent().get(i);
            route.reception().observe(charges.get(i), outcome.states().get(i), outcome.nowMicros(), sent, absent);
        }
        Decision decision = Decision.of(ask, charges, outcome, Charge::algorithm, Source.REDIS);
        return new Attempt(
                outcome.charged() ? decision.with(Receipt.of(route.limiter(), ask, outcome.states())) : decision, "");
    }
}
