package dev.wellhead.ratelimit;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.ratelimit.LocalBuckets.Line;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Decides for one JVM. */
final class InMemoryRateLimiter implements RateLimiter {
    private final String name;
    private final LocalBuckets buckets;
    private final Ticker ticker;
    private final LocalPermits permits;
    private final DecisionCounter counter;
    private final MetricSink.Registration keys;

    InMemoryRateLimiter(InMemoryBuilder options) {
        this(options, new MicroClock(options.ticker));
    }

    InMemoryRateLimiter(InMemoryBuilder options, MicroClock clock) {
        name = options.namespace;
        buckets = new LocalBuckets(options.maxKeys, clock);
        ticker = options.ticker;
        permits = new LocalPermits(ticker);
        counter = new DecisionCounter(options.metrics, name);
        keys = DecisionCounter.guarded(options.metrics, name)
                .gauge("wellhead.ratelimit.keys", buckets::keys, "limiter", name);
    }

    @Override
    public Decision tryAcquire(Limit limit, String key) {
        return counter.count(take(Charge.of(limit, key, 1)));
    }

    @Override
    public Decision tryAcquire(Ask ask) {
        Limit impossible = ask.impossible();
        if (impossible != null) {
            return counter.count(Decision.never(ask, impossible));
        }
        List<Charge> charges = ask.charges();
        return counter.count(charges.size() == 1 ? take(charges.get(0)) : take(ask));
    }

    private Decision take(Charge charge) {
        return Decision.of(buckets.take(this, charge, charge.algorithm(), null), Source.IN_MEMORY);
    }

    private Decision take(Ask ask) {
        Outcome outcome = buckets.take(lines(ask));
        Decision decision = decision(ask, outcome);
        return outcome.charged() ? decision.with(Receipt.of(this, ask, outcome.states())) : decision;
    }

    @Override
    public CompletionStage<Decision> tryAcquireAsync(Ask ask) {
        return CompletableFuture.completedStage(tryAcquire(ask));
    }

    @Override
    public Decision peek(Ask ask) {
        Limit impossible = ask.impossible();
        return impossible == null ? decision(ask, buckets.peek(lines(ask))) : Decision.never(ask, impossible);
    }

    @Override
    public boolean refund(Decision decision) {
        Receipt receipt = decision.receipt();
        if (receipt == null) {
            return false;
        }
        receipt.requireFrom(this);
        if (!receipt.claim()) {
            return false;
        }
        buckets.refund(receipt.charged());
        return true;
    }

    @Override
    public CompletionStage<Boolean> refundAsync(Decision decision) {
        return CompletableFuture.completedStage(refund(decision));
    }

    @Override
    public Permit tryAcquire(ConcurrencyLimit limit, String key) {
        String id = limit.id(key);
        Object holder = new Object();
        long asked = ticker.nanos();
        Duration wait = permits.enter(id, holder, limit.permits(), limit.lease());
        Permit permit = wait.isZero()
                ? Permit.granted(
                        Source.IN_MEMORY, ticker, asked, limit.lease(), permits.held(id, holder, limit.lease()))
                : Permit.denied(Source.IN_MEMORY, wait);
        return counter.count(limit, permit);
    }

    @Override
    public RateLimiterStats stats() {
        return counter.stats(buckets);
    }

    @Override
    public Health health() {
        return Health.up("ratelimit '" + name + "' decides in memory");
    }

    @Override
    public void close() {
        keys.close();
    }

    private static List<Line> lines(Ask ask) {
        return ask.charges().stream()
                .map(charge -> new Line(charge.bucket(), charge.algorithm(), charge.cost(), null))
                .toList();
    }

    private static Decision decision(Ask ask, Outcome outcome) {
        return Decision.of(ask, ask.charges(), outcome, Charge::algorithm, Source.IN_MEMORY);
    }
}
