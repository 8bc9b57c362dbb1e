package dev.wellhead.ratelimit;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.Options;
import dev.wellhead.redis.Redis;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Says whether a call may pass. All nodes that share a Redis and a namespace share their limits; {@link #inMemory()} gives
 * the same verdicts within one JVM.
 *
 * <p>Thread-safe. Only {@code acquire} waits for permits, and no method throws because of Redis: while it does not answer within its
 * budget, each limit goes by its {@link FailurePolicy}. (A call made before the first answer of a new client may take two
 * trips and so two budgets, since Redis' time has to be learnt.) Whoever builds a limiter closes it; closing does not close Redis.
 */
public interface RateLimiter extends AutoCloseable {
    /** Starts the options of a limiter that decides in this Redis. */
    static RedisBuilder redis(Redis redis) {
        return new RedisBuilder(redis);
    }

    /** Starts the options of a limiter that decides in this JVM. */
    static InMemoryBuilder inMemory() {
        return new InMemoryBuilder();
    }

    /**
     * Takes one permit, if it is there. Blocks for one round trip, at most the budget of the Redis client; not at all if
     * Redis is known to deny it.
     *
     * @param key whose permit: any text, also one that an attacker chose
     */
    default Decision tryAcquire(Limit limit, String key) {
        return tryAcquire(Ask.of(limit, key));
    }

    /**
     * Takes all that is asked, or nothing: a denied ask changes no bucket. Blocks for one round trip, however many limits
     * it names, and at most the budget of the Redis client; an interrupt ends the wait as if the budget had run out and
     * leaves the flag set. On a Redis Cluster keys may lie in several slots: see {@link Ask#atomicOnly()}.
     *
     * @throws IllegalArgumentException if the ask must be atomic and cannot be
     */
    Decision tryAcquire(Ask ask);

    /**
     * Takes all that is asked, or nothing. Never blocks; the stage never fails, and ends within the budget of the Redis
     * client, on one of its threads or the JDK's timer: what depends on it must not block.
     *
     * @throws IllegalArgumentException if the ask must be atomic and cannot be
     */
    CompletionStage<Decision> tryAcquireAsync(Ask ask);

    /**
     * Takes one permit, waiting for it for at most {@code maxWait}: {@link #acquire(Ask, Duration)}.
     *
     * @throws InterruptedException if the thread is interrupted before an answer came
     */
    default Decision acquire(Limit limit, String key, Duration maxWait) throws InterruptedException {
        return acquire(Ask.of(limit, key), maxWait);
    }

    /**
     * Takes all that is asked, waiting until it is there: asks, sleeps for {@link Decision#retryAfter()}, and asks again if
     * others were quicker. Answers with a denial as soon as the wait that is left would pass {@code maxWait}, and at once if
     * the ask can {@link Decision#never() never} be allowed. Waiters hold nothing and have no order among each other; each
     * question they ask counts as a decision. With a {@linkplain Limit#leaky leaky} limit it waits for its turn, which is
     * kept for it, or is denied at once if that is farther away than {@code maxWait}.
     *
     * <p>Blocks for at most {@code maxWait} and the round trip that is under way then. Does not hold the carrier of a
     * virtual thread.
     *
     * @param maxWait zero asks once
     * @throws IllegalArgumentException if {@code maxWait} is negative
     * @throws InterruptedException if the thread is interrupted before an answer came; a question that was under way may have
     *     been charged, as whenever an answer is lost
     */
    default Decision acquire(Ask ask, Duration maxWait) throws InterruptedException {
        return new Waiting(this, ask, maxWait).block();
    }

    /**
     * Does what {@link #acquire(Ask, Duration)} does, without blocking: the stage ends by then, on a thread of the Redis
     * client or of the JDK's timer, so that what depends on it must not block.
     *
     * @throws IllegalArgumentException if {@code maxWait} is negative
     */
    default CompletionStage<Decision> acquireAsync(Ask ask, Duration maxWait) {
        return new Waiting(this, ask, maxWait).async();
    }

    /**
     * Tells what {@link #tryAcquire(Ask)} would answer, with what remains now, and takes nothing. Blocks like it. Counts
     * as no decision.
     */
    Decision peek(Ask ask);

    /**
     * Gives back what an allowed ask took, for a call that was not made after all: of each limit what has not come back by
     * itself. It never gives back more than that, so the limits hold for the calls that were made; less at times, when
     * several calls are given back in another order than they came in, and of a {@linkplain Limit#leaky leaky} limit
     * nothing once others have queued behind. A node that was told of a denial before may deny for up to {@code
     * denialMaxAge} more. Blocks for one round trip, at most the budget of the Redis client.
     *
     * @param decision of this limiter
     * @return whether that was done; false if there is nothing to take back, as the ask was denied, given back before, or
     *     decided by a {@link FailurePolicy}; and if Redis did not answer: then the permits come back with time
     * @throws IllegalArgumentException if another limiter made the decision
     */
    boolean refund(Decision decision);

    /**
     * Does what {@link #refund(Decision)} does, without blocking: the stage never fails, and ends within the budget of the
     * Redis client, on one of its threads.
     *
     * @throws IllegalArgumentException if another limiter made the decision
     */
    CompletionStage<Boolean> refundAsync(Decision decision);

    /**
     * Takes a permit to be at work, to be closed when the work is done, if there is one. Counts as a decision. Blocks for one
     * round trip, at most the budget of the Redis client. While Redis is away {@link FailurePolicy#local} lets as many begin
     * in this JVM as its share of the permits, rounded down, those included that Redis gave before.
     *
     * <p>It is apart from asks: take the permit first, and close it if the ask is denied.
     *
     * @param key at whose work: any text, also one that an attacker chose
     */
    Permit tryAcquire(ConcurrencyLimit limit, String key);

    /** Returns what happened so far. Never blocks. */
    RateLimiterStats stats();

    /**
     * Returns DEGRADED while Redis is away, or if a decision within the last 10 s was made without it. Never blocks, asks
     * nobody.
     */
    Health health();

    /** Takes this limiter's gauges out of the metrics. It owns no thread, and still answers. Idempotent. */
    @Override
    void close();

    /** The options of a limiter that decides in Redis. For one thread. */
    final class RedisBuilder {
        private static final Duration LONGEST_DENIAL = Duration.ofMinutes(1);

        final Redis redis;
        String namespace = "rl";
        FailurePolicy failurePolicy = FailurePolicy.local(0.5);
        int maxKeys = 100_000;
        Duration denialMaxAge = Duration.ofSeconds(1);
        MetricSink metrics = MetricSink.none();
        Ticker ticker = Ticker.system();
        RateLimiterListener listener = new RateLimiterListener() {};

        private RedisBuilder(Redis redis) {
            this.redis = Objects.requireNonNull(redis, "redis");
        }

        /**
         * Sets what all keys in Redis begin with; also names the limiter in messages and metrics. Limiters of one
         * namespace share their buckets. Default: {@code rl}.
         */
        public RedisBuilder namespace(String namespace) {
            this.namespace = Options.name("namespace", namespace);
            return this;
        }

        /** Sets the policy of all limits that have none of their own. Default: {@code FailurePolicy.local(0.5)}. */
        public RedisBuilder onFailure(FailurePolicy failurePolicy) {
            this.failurePolicy = Objects.requireNonNull(failurePolicy, "failurePolicy");
            return this;
        }

        /**
         * Sets for how long what Redis told may prove a denial, so that a key that has run out costs Redis one question in
         * that time and node, and not one a call. A call that Redis would allow is never denied for it, whatever its cost,
         * unless another node gave permits back, the limit was lost, or Redis' clock was set, less than so long ago. Default: 1 s.
         *
         * @param denialMaxAge zero asks Redis each time; at most 1 minute
         */
        public RedisBuilder denialMaxAge(Duration denialMaxAge) {
            Options.nonNegativeNanos("denialMaxAge", denialMaxAge);
            if (denialMaxAge.compareTo(LONGEST_DENIAL) > 0) {
                throw new IllegalArgumentException("denialMaxAge must be at most " + LONGEST_DENIAL + ", was "
                        + denialMaxAge + "; what Redis lost or was given back would be denied for as long");
            }
            this.denialMaxAge = denialMaxAge;
            return this;
        }

        /**
         * Bounds how many buckets this JVM remembers: as many last states seen, which prove denials and are where it goes on
         * when Redis is away, and then as many buckets of its own. Keys beyond share buckets. Default: 100,000.
         */
        public RedisBuilder maxKeys(int maxKeys) {
            this.maxKeys = Options.atLeast("maxKeys", 1, maxKeys);
            return this;
        }

        /** Receives {@code wellhead.ratelimit.*}. Default: none. */
        public RedisBuilder metrics(MetricSink metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /** Replaces the clock that counts while Redis is away. Default: {@link Ticker#system()}. */
        public RedisBuilder ticker(Ticker ticker) {
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            return this;
        }

        /** Hears when Redis stops deciding, decides again, and has lost state. Default: nobody. */
        public RedisBuilder listener(RateLimiterListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Builds the limiter. Asks nothing of Redis, which need not be there yet. */
        public RateLimiter build() {
            return new RedisRateLimiter(this, new Scripts());
        }
    }

    /** The options of a limiter that decides in this JVM. For one thread. */
    final class InMemoryBuilder {
        String namespace = "rl";
        int maxKeys = 100_000;
        MetricSink metrics = MetricSink.none();
        Ticker ticker = Ticker.system();

        private InMemoryBuilder() {}

        /** Names the limiter in messages and metrics; each limiter has buckets of its own. Default: {@code rl}. */
        public InMemoryBuilder namespace(String namespace) {
            this.namespace = Options.name("namespace", namespace);
            return this;
        }

        /**
         * Bounds how many buckets there are, but for one more a limit and segment. A bucket is forgotten only once it is
         * full; when none is, new keys share buckets. Default: 100,000.
         */
        public InMemoryBuilder maxKeys(int maxKeys) {
            this.maxKeys = Options.atLeast("maxKeys", 1, maxKeys);
            return this;
        }

        /** Receives {@code wellhead.ratelimit.*}. Default: none. */
        public InMemoryBuilder metrics(MetricSink metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /** Replaces the clock. Default: {@link Ticker#system()}. */
        public InMemoryBuilder ticker(Ticker ticker) {
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            return this;
        }

        /** Builds the limiter. */
        public RateLimiter build() {
            return new InMemoryRateLimiter(this);
        }
    }
}
