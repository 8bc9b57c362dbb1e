package dev.wellhead.ratelimit;

import dev.wellhead.core.internal.Options;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How much is allowed, to be kept in a constant and asked about with many keys. Immutable and thread-safe; equal limits
 * share their buckets, and a limit with other numbers has other buckets even under the same name.
 */
public final class Limit {
    private final String name;
    private final long permits;
    private final Duration per;
    private final @Nullable FailurePolicy failurePolicy;
    private final Algorithm algorithm;
    private final String id;

    private Limit(String name, long permits, Duration per, @Nullable FailurePolicy failurePolicy, Algorithm algorithm) {
        this.name = name;
        this.permits = permits;
        this.per = per;
        this.failurePolicy = failurePolicy;
        this.algorithm = algorithm;
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
        checkBounds(name, permits, per);
        return new Limit(name, permits, per, null, bucket(name, permits, per, permits));
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
        checkBounds(name, permits, per);
        try {
            return new Limit(name, permits, per, null, FixedWindow.of(permits, micros(per)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "limit '" + name + "' of " + permits + " in each window of " + per + ": " + e.getMessage(), e);
        }
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
            throw new IllegalArgumentException("limit '" + name + "' is a fixed window, which has no burst but its "
                    + permits + " permits; Limit.tokenBucket has one");
        }
        Options.atLeast("burst", 1L, burst);
        return new Limit(name, permits, per, failurePolicy, bucket(name, permits, per, burst));
    }

    /** Returns this limit with a policy of its own for while Redis is away. Default: the limiter's. */
    public Limit onFailure(FailurePolicy failurePolicy) {
        return new Limit(name, permits, per, Objects.requireNonNull(failurePolicy, "failurePolicy"), algorithm);
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

    /** Returns how many permits can be taken at once: those of a full bucket, or of a window. */
    public long burst() {
        return algorithm.burst();
    }

    /** Returns the policy of its own, empty if the limiter's holds. */
    public Optional<FailurePolicy> failurePolicy() {
        return Optional.ofNullable(failurePolicy);
    }

    /** Returns the arithmetic. */
    Algorithm algorithm() {
        return algorithm;
    }

    /** Returns name and fingerprint: what this limit's keys begin with. */
    String id() {
        return id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Limit that
                && name.equals(that.name)
                && permits == that.permits
                && per.equals(that.per)
                && algorithm.fingerprint().equals(that.algorithm.fingerprint())
                && Objects.equals(failurePolicy, that.failurePolicy);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, permits, per, failurePolicy);
    }

    @Override
    public String toString() {
        return "Limit[" + name + ": " + permits + " per " + per
                + (algorithm instanceof TokenBucket ? ", burst " + burst() : ", fixed window")
                + (failurePolicy == null ? "" : ", on failure " + failurePolicy) + "]";
    }

    private static void checkBounds(String name, long permits, Duration per) {
        Options.name("name", name);
        Options.atLeast("permits", 1L, permits);
        Options.positiveNanos("per", per);
        if (per.toNanosPart() % 1_000 != 0) {
            throw new IllegalArgumentException("per must be whole microseconds, was " + per);
        }
    }

    private static TokenBucket bucket(String name, long permits, Duration per, long burst) {
        try {
            return TokenBucket.of(permits, micros(per), burst);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "limit '" + name + "' of " + permits + " per " + per + " with burst " + burst + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static long micros(Duration per) {
        return Math.multiplyExact(per.toSeconds(), 1_000_000L) + per.toNanosPart() / 1_000;
    }
}
