package dev.wellhead.ratelimit;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.ratelimit.AskTrips.Attempt;
import dev.wellhead.redis.Redis;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides in Redis, in one trip or a share of one, or in none where Redis is known to deny; and by the limits' failure
 * policies while it does not answer.
 */
final class RedisRateLimiter implements RateLimiter {
    private final Redis redis;
    private final LocalBuckets localBuckets;
    private final Denials denials;
    private final Leases leases;
    private final Outage outage;
    private final Reception reception;
    private final AskTrips trips;
    private final SplitAsks split;
    private final SharedTrips shared;
    private final Refunds refunds;
    private final DecisionCounter counter;
    private final RedisPermits permits;
    private final MetricSink.Registration keys;

    RedisRateLimiter(RedisBuilder options, Scripts scripts) {
        String prefix = options.namespace + ":";
        redis = options.redis;
        MicroClock clock = new MicroClock(options.ticker);
        localBuckets = new LocalBuckets(options.maxKeys, clock);
        LastSeen lastSeen = new LastSeen(options.maxKeys, clock);
        denials = new Denials(lastSeen, clock, options.denialMaxAge);
        outage = new Outage("ratelimit '" + options.namespace + "'", options.ticker, options.listener);
        counter = new DecisionCounter(options.metrics, options.namespace);
        leases = new Leases(options.maxKeys, options.ticker);
        Fallback fallback = new Fallback(options.failurePolicy, localBuckets, lastSeen);
        reception = new Reception(lastSeen, fallback, outage, counter);
        Route route = new Route(this, redis, prefix, clock, reception, counter);
        trips = new AskTrips(route, scripts.limit());
        shared = new SharedTrips(route, scripts.combined(), leases);
        refunds = new Refunds(route, scripts.refund());
        split = new SplitAsks(route, trips, refunds);
        permits = new RedisPermits(options, scripts.permit(), outage, counter);
        keys = DecisionCounter.guarded(options.metrics, options.namespace)
                .gauge("wellhead.ratelimit.keys", localBuckets::keys, "limiter", options.namespace);
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
        Decision known = withoutRedis(ask, true);
        CompletionStage<Decision> decided = known == null ? ask(ask) : CompletableFuture.completedStage(known);
        return decided.thenApply(counter::count);
    }

    private CompletionStage<Decision> ask(Ask ask) {
        if (SharedTrips.serves(ask)) {
            return shared.decideAsync(ask);
        }
        List<Ask> parts = split.parts(ask);
        return parts.size() > 1
                ? split.decideAsync(ask, parts)
                : trips.attemptAsync(ask, true, redis.budget()).thenApply(attempt -> decided(attempt, ask, true));
    }

    @Override
    public boolean refund(Decision decision) {
        Receipt receipt = receipt(decision);
        return receipt != null && refunds.refund(receipt);
    }

    @Override
    public CompletionStage<Boolean> refundAsync(Decision decision) {
        Receipt receipt = receipt(decision);
        return receipt == null ? CompletableFuture.completedStage(false) : refunds.refundAsync(receipt);
    }

    private @Nullable Receipt receipt(Decision decision) {
        Receipt receipt = decision.receipt();
        if (receipt != null) {
            receipt.requireFrom(this);
        }
        return receipt;
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
        Decision known = withoutRedis(ask, take);
        if (known != null) {
            return known;
        }
        if (take && SharedTrips.serves(ask)) {
            return shared.decide(ask);
        }
        List<Ask> parts = split.parts(ask);
        if (parts.size() > 1) {
            return split.decide(ask, parts, take);
        }
        return decided(trips.attempt(ask, take), ask, take);
    }

    private Decision decided(Attempt attempt, Ask ask, boolean take) {
        Decision decision = attempt.decision();
        return decision != null ? decision : reception.fallBack(ask, take, attempt.why());
    }

    private @Nullable Decision withoutRedis(Ask ask, boolean take) {
        Limit impossible = ask.impossible();
        if (impossible != null) {
            return Decision.never(ask, impossible);
        }
        if (!take) {
            return null;
        }
        Decision leased = leases.take(ask);
        return leased != null ? leased : denials.of(ask);
    }
}
