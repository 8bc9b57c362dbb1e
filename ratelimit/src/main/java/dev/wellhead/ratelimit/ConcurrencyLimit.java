package dev.wellhead.ratelimit;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many may be at work at the same time, in the whole fleet; made by {@link Limit#concurrency}, and kept in a constant. A
 * limit of the same name shares its permits with another, so that numbers can change while nodes of two releases run.
 * Immutable and thread-safe.
 */
public final class ConcurrencyLimit {
    private final String name;
    private final long permits;
    private final Duration lease;
    private final @Nullable FailurePolicy failurePolicy;

    ConcurrencyLimit(String name, long permits, Duration lease, @Nullable FailurePolicy failurePolicy) {
        this.name = name;
        this.permits = permits;
        this.lease = lease;
        this.failurePolicy = failurePolicy;
    }

    /** Returns this limit with a policy of its own for while Redis is away. Default: the limiter's. */
    public ConcurrencyLimit onFailure(FailurePolicy failurePolicy) {
        return new ConcurrencyLimit(name, permits, lease, Objects.requireNonNull(failurePolicy, "failurePolicy"));
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns how many may be at work at the same time. */
    public long permits() {
        return permits;
    }

    /** Returns for how long a permit is held at most if nobody renews it. */
    public Duration lease() {
        return lease;
    }

    /** Returns the policy of its own, empty if the limiter's holds. */
    public Optional<FailurePolicy> failurePolicy() {
        return Optional.ofNullable(failurePolicy);
    }

    /** Names the permits of one key: {@code <name>:held:{<key>}}. */
    String id(String key) {
        return name + ":held:" + BucketId.tag(key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConcurrencyLimit that
                && name.equals(that.name)
                && permits == that.permits
                && lease.equals(that.lease)
                && Objects.equals(failurePolicy, that.failurePolicy);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, permits, lease, failurePolicy);
    }

    @Override
    public String toString() {
        return "ConcurrencyLimit[" + name + ": " + permits + " at a time, lease " + lease
                + (failurePolicy == null ? "" : ", on failure " + failurePolicy) + "]";
    }
}
