package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Receipt.Charged;
import dev.wellhead.ratelimit.RefundScript.Answer;
import dev.wellhead.redis.RedisClock;
import dev.wellhead.redis.RedisUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Gives back in Redis what calls took. Thread-safe. */
final class Refunds {
    private final Route route;
    private final RefundScript script;

    Refunds(Route route, RefundScript script) {
        this.route = route;
        this.script = script;
    }

    /** Blocks for the budget at most; an interrupt ends the wait and leaves the flag set. */
    boolean refund(Receipt receipt) {
        try {
            return refundAsync(receipt).toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("trips end in answers", e);
        }
    }

    /** Never blocks; the stage ends within the budget and does not fail. */
    CompletionStage<Boolean> refundAsync(Receipt receipt) {
        if (!receipt.claim()) {
            return CompletableFuture.completedStage(false);
        }
        List<List<Charged>> parts = route.bySlot(receipt.charged(), Charged::charge);
        CompletionStage<End> end = CompletableFuture.completedStage(End.DONE);
        for (List<Charged> part : parts) {
            end = end.thenCombine(trip(part), (one, other) -> one == End.DONE ? other : one);
        }
        return end.thenApply(all -> {
            if (all == End.LATE && parts.size() == 1) {
                receipt.unclaim();
            }
            return all == End.DONE;
        });
    }

    /** How a trip ended. */
    private enum End {
        DONE,
        /** Surely nothing was given back. */
        LATE,
        UNKNOWN
    }

    private CompletionStage<End> trip(List<Charged> charged) {
        // Before it is sent, so that Redis' time is never taken for earlier than it is.
        long sent = route.clock().micros();
        try {
            List<byte[]> keys =
                    charged.stream().map(each -> route.key(each.charge())).toList();
            RedisClock time = route.redis().clock(keys.get(0));
            List<byte[]> arguments =
                    script.arguments(charged, time.notAfterMicros(route.redis().budget()));
            return route.redis()
                    .runAsync(script.script(), keys, arguments)
                    .handle((reply, error) ->
                            error == null ? refunded(charged, time, sent, reply) : failed(Failures.of(error)));
        } catch (RedisUnavailableException e) {
            return CompletableFuture.completedStage(failed(e));
        }
    }

    private End refunded(List<Charged> charged, RedisClock time, long sent, List<@Nullable Object> reply) {
        Answer answer = script.read(reply);
        route.counter().trip();
        time.observe(answer.nowMicros());
        List<State> states = answer.states();
        if (states == null) {
            route.reception().late();
            return End.LATE;
        }
        route.reception().answered();
        for (int i = 0; i < states.size(); i++) {
            route.reception().observe(charged.get(i).charge(), states.get(i), answer.nowMicros(), sent, false);
        }
        return End.DONE;
    }

    // It may have been done: tried once more, it might give back twice.
    private End failed(RedisUnavailableException cause) {
        route.reception().failed(cause);
        return End.UNKNOWN;
    }
}
