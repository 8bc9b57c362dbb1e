package dev.wellhead.ratelimit;

import dev.wellhead.core.internal.Options;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How much is allowed, to be kept in a constant and asked about with many keys. Immutable and thread-safe.
 *
 * <p>To change how much that is, ask with a new limit of the same name. Limits of one name and kind share their
 * buckets if the time is the same in which all permits come back, {@code burst * per / permits}, or the length of the
 * window: then nothing that was spent is forgotten, also while some nodes still know the old numbers. Over every
 * interval of length t at most that time and t are given, where a permit counts for the time in which it flows back
 * under the numbers by which it was given; in a window at most the greater of the two numbers. If that time differs,
 * the new limit begins with full buckets.
 */
public final class Limit {
    private static final long MOST_AT_WORK = 100_000;
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(1);
    private static final Duration LONGEST_LEASE = Duration.ofDays(1);
    private static final Duration LONGEST_PERMIT_LEASE = Duration.ofMinutes(1);

    private final String name;
    private final long permits;
    private final Duration per;
    private final @Nullable FailurePolicy failurePolicy;
    private final Algorithm algorithm;
    private final @Nullable Duration lease;
    private final String id;

    private Limit(
            String name,
            long permits,
            Duration per,
            @Nullable FailurePolicy failurePolicy,
            Algorithm algorithm,
            @Nullable Duration lease) {
        this.name = name;
        this.permits = permits;
        this.per = per;
        this.failurePolicy = failurePolicy;
        this.algorithm = algorithm;
        this.lease = lease;
        this.id = name + ":" + BucketId.fingerprint(algorithm.fingerprint());
    }

    /**
     * Returns a token bucket: permits flow back evenly, {@code permits} in each {@code per}, and up to {@code burst} may be
     * spent at once. Over every interval of length t at most {@code burst + permits * t / per} are given. The burst is
     * {@code permits} unless {@link #burst(long)} says otherwise.
     *
     * @param name in keys, headers and metrics: 1 to 63 of the characters A-Z a-z 0-9 . _ -
     * @param permits at least 1
     * @param per whole microseconds, above zero
     * @throws IllegalArgumentException if a value is out of its bounds, or the rate cannot be kept exact in integers
     */
    public static Limit tokenBucket(String name, long permits, Duration per) {
        return bucket(name, permits, per, permits, null);
    }

    /**
     * Returns a count that begins anew with each {@code per}. Windows begin at the multiples of {@code per} since 1970, UTC,
     * for all keys alike: those of a day at midnight. In each window at most {@code permits} are given, so around a window's
     * edge up to twice as many in a moment; where that matters, choose {@link #tokenBucket}.
     *
     * @param name in keys, headers and metrics: 1 to 63 of the characters A-Z a-z 0-9 . _ -
     * @param permits at least 1, at most 2^52; also the greatest cost that can ever be allowed
     * @param per whole microseconds, above zero, at most 100 years
     * @throws IllegalArgumentException if a value is out of its bounds
     */
    public static Limit fixedWindow(String name, long permits, Duration per) {
        return of(name, permits, per, "", FixedWindow::of);
    }

    /**
     * Returns a window of this length that slides, counted by two numbers: of the permits taken in the last window of the
     * clock as many count as the sliding one still covers. So there is no edge around which twice as many pass at once, and a
     * call that is denied after a burst gets through gradually. Over every interval of length t at most {@code permits +
     * permits * t / per} are given, as by a token bucket.
     *
     * @param name in keys, headers and metrics: 1 to 63 of the characters A-Z a-z 0-9 . _ -
     * @param permits at least 1; also the greatest cost that can ever be allowed
     * @param per whole microseconds, above zero; times {@code permits} at most 2^51: 26,000 a day, 37 million a minute
     * @throws IllegalArgumentException if a value is out of its bounds
     */
    public static Limit slidingCounter(String name, long permits, Duration per) {
        return of(name, permits, per, "", SlidingCounter::of);
    }

    /**
     * Returns a window of this length that slides, exactly: at most {@code permits} are given in any {@code per}. It remembers
     * each call for that time, in Redis and in memory, which takes some ten bytes a call; so it is for few calls that must not
     * be miscounted, as of attempts to log in. Where it may be a little coarser, choose {@link #slidingCounter}.
     *
     * @param name in keys, headers and metrics: 1 to 63 of the characters A-Z a-z 0-9 . _ -
     * @param permits at least 1, at most 1,000; also the greatest cost that can ever be allowed
     * @param per whole microseconds, above zero, at most 100 years
     * @throws IllegalArgumentException if a value is out of its bounds
     */
    public static Limit slidingLog(String name, long permits, Duration per) {
        return of(name, permits, per, "", SlidingLog::of);
    }

    /**
     * Returns a queue that is served at an even pace, for whoever must not be hit by bursts: a call is allowed if fewer than
     * {@code queue} permits wait before it, and {@link Decision#delay()} says how long it has to wait for its turn; {@link
     * RateLimiter#acquire(Ask, Duration)} waits itself. Over every interval of length t at most {@code 1 + permits * t /
     * per} calls of cost 1 have their turn.
     *
     * @param name in keys, headers and metrics: 1 to 63 of the characters A-Z a-z 0-9 . _ -
     * @param permits at least 1
     * @param per whole microseconds, above zero
     * @param queue how many permits may wait, at least 0; the greatest cost that can ever be allowed is one more
     * @throws IllegalArgumentException if a value is out of its bounds, or the rate cannot be kept exact in integers
     */
    public static Limit leaky(String name, long permits, Duration per, long queue) {
        Options.atLeast("queue", 0L, queue);
        return of(name, permits, per, " with a queue of " + queue, (n, micros) -> LeakyQueue.of(n, micros, queue));
    }

    /**
     * Returns a limit on how many are at work at the same time, whatever time it takes them; see {@link Permit}. At most
     * {@code permits} are held at any instant.
     *
     * @param name in keys, headers and metrics: 1 to 63 of the characters A-Z a-z 0-9 . _ -
     * @param permits at least 1, at most 100,000
     * @param lease for how long one is held that nobody gives back or renews, as its process died: 1 ms to 1 day
     * @throws IllegalArgumentException if a value is out of its bounds
     */
    public static ConcurrencyLimit concurrency(String name, long permits, Duration lease) {
        Options.name("name", name);
        Options.atLeast("permits", 1L, permits);
        if (permits > MOST_AT_WORK) {
            throw new IllegalArgumentException("permits must be <= " + MOST_AT_WORK + ", was " + permits);
        }
        if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException(
                    "lease must be from " + SHORTEST_LEASE + " to " + LONGEST_LEASE + ", was " + lease);
        }
        return new ConcurrencyLimit(name, permits, lease, null);
    }

    /**
     * Returns this limit with another burst: how many permits a full bucket holds, which is also the greatest cost that can
     * ever be allowed.
     *
     * @throws IllegalArgumentException if it is below 1, the bucket cannot be kept exact in integers, or this is no
     *     token bucket
     */
    public Limit burst(long burst) {
        if (!(algorithm instanceof TokenBucket)) {
            throw new IllegalArgumentException("limit '" + name + "' is a " + algorithm.words()
                    + ", which has no burst of its own; Limit.tokenBucket has one");
        }
        if (lease != null) {
            throw new IllegalArgumentException(
                    "limit '" + name + "' is leased, which its burst decides on; set the burst first");
        }
        Options.atLeast("burst", 1L, burst);
        return bucket(name, permits, per, burst, failurePolicy);
    }

    /**
     * Returns this limit with permits that nodes take from Redis ahead of the calls that will spend them, so that a key which
     * is asked for often costs a trip now and then only. What is not spent within {@code lease} is dropped. Over every interval
     * of length t still at most {@code burst + permits * t / per} are given in the whole fleet; for that the bucket in Redis
     * holds {@code permits * lease / per} less, which is also by how much {@link #burst()} becomes smaller. A key that is
     * asked for seldom has its permits taken one by one. What was spent from a lease cannot be given back.
     *
     * @param lease 1 ms to 1 minute; longer saves more trips, and leaves less of the burst
     * @throws IllegalArgumentException if it is out of its bounds or leaves nothing of the burst, or this is no token bucket
     */
    public Limit leased(Duration lease) {
        if (!(algorithm instanceof TokenBucket)) {
            throw new IllegalArgumentException("limit '" + name + "' is a " + algorithm.words()
                    + ", whose permits cannot be leased; those of Limit.tokenBucket can");
        }
        if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_PERMIT_LEASE) > 0) {
            throw new IllegalArgumentException(
                    "lease must be from " + SHORTEST_LEASE + " to " + LONGEST_PERMIT_LEASE + ", was " + lease);
        }
        if (this.lease != null) {
            throw new IllegalArgumentException("limit '" + name + "' is leased already, for " + this.lease);
        }
        long flow = BigInteger.valueOf(permits)
                .multiply(BigInteger.valueOf(lease.toNanos()))
                .add(BigInteger.valueOf(per.toNanos() - 1))
                .divide(BigInteger.valueOf(per.toNanos()))
                .longValueExact();
        if (burst() - flow < 1) {
            throw new IllegalArgumentException(
                    "limit '" + name + "' with burst " + burst() + " cannot be leased for " + lease
                            + ", in which " + flow + " permits flow back; raise the burst to " + (flow + 1)
                            + " or more, or shorten the lease");
        }
        Limit bucket = bucket(name, permits, per, burst() - flow, failurePolicy);
        return new Limit(name, permits, per, failurePolicy, bucket.algorithm, lease);
    }

    /** Returns this limit with a policy of its own for while Redis is away. Default: the limiter's. */
    public Limit onFailure(FailurePolicy failurePolicy) {
        return new Limit(name, permits, per, Objects.requireNonNull(failurePolicy, "failurePolicy"), algorithm, lease);
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns how many permits there are in each {@link #per()}. */
    public long permits() {
        return permits;
    }

    /** Returns the time in which {@link #permits()} flow back, or the length of a window. */
    public Duration per() {
        return per;
    }

    /** Returns how many permits can be taken at once: those of a full bucket, of a window, or of a queue and the one served. */
    public long burst() {
        return algorithm.burst();
    }

    /** Returns the policy of its own, empty if the limiter's holds. */
    public Optional<FailurePolicy> failurePolicy() {
        return Optional.ofNullable(failurePolicy);
    }

    /** Returns for how long permits may be kept that were taken ahead; empty if none are. */
    public Optional<Duration> lease() {
        return Optional.ofNullable(lease);
    }

    /** Returns whether its calls wait for their turn. */
    boolean isQueue() {
        return algorithm instanceof LeakyQueue;
    }

    /** Returns the arithmetic. */
    Algorithm algorithm() {
        return algorithm;
    }

    /** Returns name and fingerprint: what this limit's keys begin with. */
    String id() {
        return id;
    }

    /** Returns whether the other, which may be of another name and policy, counts in the same way. */
    boolean hasNumbersOf(Limit other) {
        return permits == other.permits
                && per.equals(other.per)
                && burst() == other.burst()
                && algorithm.getClass() == other.algorithm.getClass()
                && Objects.equals(lease, other.lease);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Limit that
                        && name.equals(that.name)
                        && hasNumbersOf(that)
                        && Objects.equals(failurePolicy, that.failurePolicy));
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, permits, per, failurePolicy, lease);
    }

    @Override
    public String toString() {
        return "Limit[" + name + ": " + permits + " per " + per
                + ", " + algorithm.words()
                + (lease == null ? "" : ", leased for " + lease)
                + (failurePolicy == null ? "" : ", on failure " + failurePolicy) + "]";
    }

    /** Makes the arithmetic of so many permits in so many microseconds. */
    @FunctionalInterface
    private interface Maker {
        Algorithm make(long permits, long perMicros);
    }

    private static Limit of(String name, long permits, Duration per, String and, Maker maker) {
        checkBounds(name, permits, per);
        try {
            return new Limit(name, permits, per, null, maker.make(permits, micros(per)), null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "limit '" + name + "' of " + permits + " per " + per + and + ": " + e.getMessage(), e);
        }
    }

    private static void checkBounds(String name, long permits, Duration per) {
        Options.name("name", name);
        Options.atLeast("permits", 1L, permits);
        Options.positiveNanos("per", per);
        if (per.toNanosPart() % 1_000 != 0) {
            throw new IllegalArgumentException("per must be whole microseconds, was " + per);
        }
    }

    private static Limit bucket(
            String name, long permits, Duration per, long burst, @Nullable FailurePolicy failurePolicy) {
        Limit limit = of(name, permits, per, " with burst " + burst, (n, micros) -> TokenBucket.of(n, micros, burst));
        return failurePolicy == null ? limit : limit.onFailure(failurePolicy);
    }

    private static long micros(Duration per) {
        return Math.multiplyExact(per.toSeconds(), 1_000_000L) + per.toNanosPart() / 1_000;
    }
}
