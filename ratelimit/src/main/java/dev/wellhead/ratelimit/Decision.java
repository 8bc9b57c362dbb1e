package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.Standing.Several;
import dev.wellhead.ratelimit.Standing.Told;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a limiter answered. Immutable and thread-safe. */
public final class Decision {
    /** Who decided. */
    public enum Source {
        /** Redis, for the whole fleet. */
        REDIS,
        /** This JVM, by a permit that it took from Redis ahead: {@link Limit#leased}. */
        LEASE,
        /** This JVM, from what Redis told less than {@code denialMaxAge} ago: unless permits were given back since, Redis would have denied it as well. */
        DENY_CACHE,
        /** The in-memory limiter. */
        IN_MEMORY,
        /** This JVM, since Redis did not answer in time: {@link FailurePolicy#local}. */
        LOCAL_FALLBACK,
        /** Nobody: Redis did not answer in time, and the policy is {@link FailurePolicy#open}. */
        OPEN,
        /** Nobody: Redis did not answer in time, and the policy is {@link FailurePolicy#closed}. */
        CLOSED,
        /** The numbers alone: the cost is above the burst, so nobody had to be asked. */
        NEVER
    }

    /**
     * How one limit of the ask stands after the decision.
     *
     * @param limit the limit
     * @param remaining how many permits are left to take now; never negative
     * @param retryAfter the least time after which this limit would allow the same cost; zero if it did
     * @param resetAfter the least time after which its bucket is full, if nobody takes any
     */
    public record Quota(Limit limit, long remaining, Duration retryAfter, Duration resetAfter) {
        /** Returns whether this limit stood in the way. */
        public boolean violated() {
            return !retryAfter.isZero();
        }
    }

    // A closed door knows no time. As often as the Redis client looks by default whether Redis is back.
    private static final Duration RETRY_WHILE_CLOSED = Duration.ofSeconds(1);

    private final boolean allowed;
    private final Source source;
    private final Standing standing;
    // What chance made of the wait; null if it was not asked.
    private final @Nullable Duration spread;
    // What nobody can take back has none.
    private final @Nullable Receipt receipt;

    private Decision(
            boolean allowed, Source source, Standing standing, @Nullable Duration spread, @Nullable Receipt receipt) {
        this.allowed = allowed;
        this.source = source;
        this.standing = standing;
        this.spread = spread;
        this.receipt = receipt;
    }

    /** Returns the same that can be taken back. */
    Decision with(Receipt given) {
        return new Decision(allowed, source, standing, spread, given);
    }

    @Nullable Receipt receipt() {
        return receipt;
    }

    /** Returns whether the call may pass. If not, nothing was taken from any limit. */
    public boolean allowed() {
        return allowed;
    }

    /**
     * Returns how many permits are left now, of the limit that has fewest; 0 also if nobody knows ({@link #quotas()} is
     * empty).
     */
    public long remaining() {
        return quotas().stream().mapToLong(Quota::remaining).min().orElse(0);
    }

    /**
     * Returns the time after which the same ask is allowed if nobody else asks: neither less nor more, in whole
     * microseconds. Zero if it was allowed, and if it is {@link #never()} allowed: then no wait helps. One second from
     * source {@link Source#CLOSED}, which cannot know. From {@link Source#DENY_CACHE} up to the time of a trip more, and
     * less than it takes if others took permits since.
     */
    public Duration retryAfter() {
        return spread == null ? standing.retryAfter() : spread;
    }

    /**
     * Returns the same denial with a {@link #retryAfter()} that chance makes longer, by at most this share of it and never
     * shorter, so that callers who are denied together do not come back together. An ask that was allowed, or never can be,
     * is returned as it is.
     *
     * @param share above 0, at most 1
     * @throws IllegalArgumentException if the share is out of its bounds
     */
    public Decision spread(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be above 0 and at most 1, was " + share);
        }
        Duration wait = retryAfter();
        if (wait.isZero()) {
            return this;
        }
        long most = (long) (wait.toMillis() * share * 1_000) + 1;
        Duration later = wait.plus(ThreadLocalRandom.current().nextLong(most + 1), ChronoUnit.MICROS);
        return new Decision(allowed, source, standing, later, receipt);
    }

    /**
     * Returns how long to wait before going ahead: the time until the call's turn in its {@linkplain Limit#leaky leaky}
     * limits. Zero without such a limit, and if the call was denied. {@link RateLimiter#acquire(Ask, Duration)} has waited
     * for it already.
     */
    public Duration delay() {
        return standing.delay();
    }

    /** Returns the time after which all buckets asked are full, if nobody asks; zero if nobody knows. */
    public Duration resetAfter() {
        return quotas().stream()
                .map(Quota::resetAfter)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** Returns whether the cost is above the burst of a limit, so that the same ask can never be allowed. */
    public boolean never() {
        return source == Source.NEVER;
    }

    /** Returns the limit that stood in the way, of several the one with the longest wait; empty if the ask was allowed. */
    public Optional<Limit> violated() {
        return Optional.ofNullable(standing.violated());
    }

    /** Returns who decided. */
    public Source source() {
        return source;
    }

    /**
     * Returns how each limit stands, in the order of the ask; empty if nobody looked ({@code OPEN, CLOSED, NEVER}). From
     * {@code DENY_CACHE} only those of which something is known; on a Redis Cluster, if the keys of the ask lie in several
     * slots, of a denial only those in the slot that denied.
     */
    public List<Quota> quotas() {
        return standing.quotas();
    }

    /** Returns the limits asked, in the order of the ask. */
    List<Limit> limits() {
        return standing.limits();
    }

    /** Allowed and denied, and why; without keys. */
    @Override
    public String toString() {
        Duration delay = delay();
        return "Decision["
                + (allowed
                        ? "allowed" + (delay.isZero() ? "" : " after " + delay)
                        : never() ? "never" : "denied, retry after " + retryAfter())
                + violated().map(limit -> ", violated " + limit.name()).orElse("")
                + ", remaining " + remaining() + ", source " + source + "]";
    }

    static Decision never(Ask ask, Limit violated) {
        return told(false, Source.NEVER, new Told(limits(ask), List.of(), violated, Duration.ZERO, Duration.ZERO));
    }

    static Decision leased(Ask ask, long left, Duration resetAfter) {
        Quota quota = new Quota(ask.charges().get(0).limit(), left, Duration.ZERO, resetAfter);
        return told(true, Source.LEASE, new Told(limits(ask), List.of(quota), null, Duration.ZERO, Duration.ZERO));
    }

    static Decision open(Ask ask) {
        return told(true, Source.OPEN, new Told(limits(ask), List.of(), null, Duration.ZERO, Duration.ZERO));
    }

    static Decision closed(Ask ask, Limit violated) {
        Told told = new Told(limits(ask), List.of(), violated, RETRY_WHILE_CLOSED, Duration.ZERO);
        return told(false, Source.CLOSED, told);
    }

    private static Decision told(boolean allowed, Source source, Told told) {
        return new Decision(allowed, source, told, null, null);
    }

    /** Reads a decision off the state that it was made on. */
    static Decision of(Standing.One one, Source source) {
        return new Decision(one.allowed(), source, one, null, one.receipt());
    }

    /**
     * Reads a decision off the states that one was made on.
     *
     * @param judged the charges that were looked at, in the order of the outcome's states
     * @param algorithms the arithmetic of each
     */
    static Decision of(
            Ask ask, List<Charge> judged, Outcome outcome, Function<Charge, Algorithm> algorithms, Source source) {
        Standing standing =
                new Several(limits(ask), judged, judged.stream().map(algorithms).toList(), outcome);
        return new Decision(outcome.allowed(), source, standing, null, null);
    }

    /**
     * Joins what the parts of an ask were told by Redis.
     *
     * @param parts all of them
     * @param told to each; denials only if nothing was taken
     */
    static Decision joined(Ask ask, List<Ask> parts, List<Decision> told) {
        List<Quota> quotas = new ArrayList<>();
        for (Charge charge : ask.charges()) {
            for (int i = 0; i < parts.size(); i++) {
                int at = parts.get(i).charges().indexOf(charge);
                if (at >= 0) {
                    quotas.add(told.get(i).quotas().get(at));
                }
            }
        }
        Decision slowest = told.stream()
                .max(Comparator.comparing(Decision::retryAfter).thenComparing(Decision::delay))
                .orElseThrow();
        boolean allowed = told.stream().allMatch(Decision::allowed);
        Standing standing = new Told(
                limits(ask), List.copyOf(quotas), slowest.standing.violated(), slowest.retryAfter(), slowest.delay());
        return new Decision(allowed, slowest.source, standing, null, Receipt.joined(told));
    }

    /** Returns the same denial of an ask of which only a part was decided. */
    Decision within(Ask whole) {
        Told told = new Told(limits(whole), quotas(), standing.violated(), retryAfter(), delay());
        return told(allowed, source, told);
    }

    private static List<Limit> limits(Ask ask) {
        return ask.charges().stream().map(Charge::limit).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decision that
                && allowed == that.allowed
                && source == that.source
                && limits().equals(that.limits())
                && quotas().equals(that.quotas())
                && violated().equals(that.violated())
                && retryAfter().equals(that.retryAfter())
                && delay().equals(that.delay());
    }

    @Override
    public int hashCode() {
        return Objects.hash(allowed, source, limits(), quotas(), violated(), retryAfter(), delay());
    }
}
