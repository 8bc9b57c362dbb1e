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
    private final long burst;
    private final @Nullable FailurePolicy failurePolicy;
    private final TokenBucket bucket;
    private final String id;

    private Limit(String name, long permits, Duration per, long burst, @Nullable FailurePolicy failurePolicy) {
        this.name = name;
        this.permits = permits;
        this.per = per;
        this.burst = burst;
        this.failurePolicy = failurePolicy;
        this.bucket = exact(name, permits, per, burst);
        this.id = name + ":" + BucketId.fingerprint(bucket.fingerprint());
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
        Options.name("name", name);
        Options.atLeast("permits", 1L, permits);
        Options.positiveNanos("per", per);
        if (per.toNanosPart() % 1_000 != 0) {
            throw new IllegalArgumentException("per must be whole microseconds, was " + per);
        }
        return new Limit(name, permits, per, permits, null);
    }

    /**
     * Returns this limit with another burst: how many permits a full bucket holds, which is also the greatest cost that can
     * ever be allowed.
     *
     * @throws IllegalArgumentException if it is below 1, or the bucket cannot be kept exact in integers
     */
    public Limit burst(long burst) {
        return new Limit(name, permits, per, Options.atLeast("burst", 1L, burst), failurePolicy);
    }

    /** Returns this limit with a policy of its own for while Redis is away. Default: the limiter's. */
    public Limit onFailure(FailurePolicy failurePolicy) {
        return new Limit(name, permits, per, burst, Objects.requireNonNull(failurePolicy, "failurePolicy"));
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns how many permits flow back in each {@link #per()}. */
    public long permits() {
        return permits;
    }

    /** Returns the time in which {@link #permits()} flow back. */
    public Duration per() {
        return per;
    }

    /** Returns how many permits a full bucket holds. */
    public long burst() {
        return burst;
    }

    /** Returns the policy of its own, empty if the limiter's holds. */
    public Optional<FailurePolicy> failurePolicy() {
        return Optional.ofNullable(failurePolicy);
    }

    /** Returns the arithmetic. */
    TokenBucket bucket() {
        return bucket;
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
                && burst == that.burst
                && Objects.equals(failurePolicy, that.failurePolicy);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, permits, per, burst, failurePolicy);
    }

    @Override
    public String toString() {
        return "Limit[" + name + ": " + permits + " per " + per + ", burst " + burst
                + (failurePolicy == null ? "" : ", on failure " + failurePolicy) + "]";
    }

    private static TokenBucket exact(String name, long permits, Duration per, long burst) {
        try {
            return TokenBucket.of(
                    permits, Math.multiplyExact(per.toSeconds(), 1_000_000L) + per.toNanosPart() / 1_000, burst);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "limit '" + name + "' of " + permits + " per " + per + " with burst " + burst + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
