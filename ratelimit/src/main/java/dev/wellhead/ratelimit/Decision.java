package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import java.time.Duration;
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
    private final List<Limit> limits;
    private final List<Quota> quotas;
    private final @Nullable Limit violated;
    private final Duration retryAfter;
    private final Duration delay;
    // What nobody can take back has none.
    private final @Nullable Receipt receipt;

    private Decision(
            boolean allowed,
            Source source,
            List<Limit> limits,
            List<Quota> quotas,
            @Nullable Limit violated,
            Duration retryAfter,
            Duration delay,
            @Nullable Receipt receipt) {
        this.allowed = allowed;
        this.source = source;
        this.limits = limits;
        this.quotas = quotas;
        this.violated = violated;
        this.retryAfter = retryAfter;
        this.delay = delay;
        this.receipt = receipt;
    }

    private Decision(
            boolean allowed,
            Source source,
            Ask ask,
            List<Quota> quotas,
            @Nullable Limit violated,
            Duration retryAfter,
            Duration delay) {
        this(
                allowed,
                source,
                ask.charges().stream().map(Charge::limit).toList(),
                List.copyOf(quotas),
                violated,
                retryAfter,
                delay,
                null);
    }

    /** Returns the same that can be taken back. */
    Decision with(Receipt given) {
        return new Decision(allowed, source, limits, quotas, violated, retryAfter, delay, given);
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
        return quotas.stream().mapToLong(Quota::remaining).min().orElse(0);
    }

    /**
     * Returns the time after which the same ask is allowed if nobody else asks: neither less nor more, in whole
     * microseconds. Zero if it was allowed, and if it is {@link #never()} allowed: then no wait helps. One second from
     * source {@link Source#CLOSED}, which cannot know. From {@link Source#DENY_CACHE} up to the time of a trip more, and
     * less than it takes if others took permits since.
     */
    public Duration retryAfter() {
        return retryAfter;
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
        if (retryAfter.isZero()) {
            return this;
        }
        long most = (long) (retryAfter.toMillis() * share * 1_000) + 1;
        Duration later = retryAfter.plus(micros(ThreadLocalRandom.current().nextLong(most + 1)));
        return new Decision(allowed, source, limits, quotas, violated, later, delay, receipt);
    }

    /**
     * Returns how long to wait before going ahead: the time until the call's turn in its {@linkplain Limit#leaky leaky}
     * limits. Zero without such a limit, and if the call was denied. {@link RateLimiter#acquire(Ask, Duration)} has waited
     * for it already.
     */
    public Duration delay() {
        return delay;
    }

    /** Returns the time after which all buckets asked are full, if nobody asks; zero if nobody knows. */
    public Duration resetAfter() {
        return quotas.stream()
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
        return Optional.ofNullable(violated);
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
        return quotas;
    }

    /** Returns the limits asked, in the order of the ask. */
    List<Limit> limits() {
        return limits;
    }

    /** Allowed and denied, and why; without keys. */
    @Override
    public String toString() {
        return "Decision["
                + (allowed
                        ? "allowed" + (delay.isZero() ? "" : " after " + delay)
                        : never() ? "never" : "denied, retry after " + retryAfter)
                + (violated == null ? "" : ", violated " + violated.name())
                + ", remaining " + remaining() + ", source " + source + "]";
    }

    static Decision never(Ask ask, Limit violated) {
        return new Decision(false, Source.NEVER, ask, List.of(), violated, Duration.ZERO, Duration.ZERO);
    }

    static Decision leased(Ask ask, long left, Duration resetAfter) {
        Quota quota = new Quota(ask.charges().get(0).limit(), left, Duration.ZERO, resetAfter);
        return new Decision(true, Source.LEASE, ask, List.of(quota), null, Duration.ZERO, Duration.ZERO);
    }

    static Decision open(Ask ask) {
        return new Decision(true, Source.OPEN, ask, List.of(), null, Duration.ZERO, Duration.ZERO);
    }

    static Decision closed(Ask ask, Limit violated) {
        return new Decision(false, Source.CLOSED, ask, List.of(), violated, RETRY_WHILE_CLOSED, Duration.ZERO);
    }

    /**
     * Reads a decision off the states that one was made on.
     *
     * @param judged the charges that were looked at, in the order of the outcome's states
     * @param algorithms the arithmetic of each
     */
    static Decision of(
            Ask ask, List<Charge> judged, Outcome outcome, Function<Charge, Algorithm> algorithms, Source source) {
        List<Quota> quotas = new ArrayList<>(judged.size());
        long delay = 0;
        for (int i = 0; i < judged.size(); i++) {
            Charge charge = judged.get(i);
            Algorithm algorithm = algorithms.apply(charge);
            State state = outcome.states().get(i);
            quotas.add(quota(charge, algorithm, state, outcome));
            // Looked at without taking, the call is not in the state.
            long cost = outcome.charged() ? charge.cost() : 0;
            delay = Math.max(delay, algorithm.delayMicros(state, outcome.nowMicros(), cost));
        }
        if (outcome.allowed()) {
            return new Decision(true, source, ask, quotas, null, Duration.ZERO, micros(delay));
        }
        Quota slowest =
                quotas.stream().max(Comparator.comparing(Quota::retryAfter)).orElseThrow();
        return new Decision(false, source, ask, quotas, slowest.limit(), slowest.retryAfter(), Duration.ZERO);
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
                    quotas.add(told.get(i).quotas.get(at));
                }
            }
        }
        Decision slowest = told.stream()
                .max(Comparator.comparing(Decision::retryAfter).thenComparing(Decision::delay))
                .orElseThrow();
        boolean allowed = told.stream().allMatch(Decision::allowed);
        Decision joined =
                new Decision(allowed, slowest.source, ask, quotas, slowest.violated, slowest.retryAfter, slowest.delay);
        Receipt receipt = Receipt.joined(told);
        return receipt == null ? joined : joined.with(receipt);
    }

    /** Returns the same denial of an ask of which only a part was decided. */
    Decision within(Ask whole) {
        return new Decision(allowed, source, whole, quotas, violated, retryAfter, delay);
    }

    private static Quota quota(Charge charge, Algorithm algorithm, State state, Outcome outcome) {
        long now = outcome.nowMicros();
        long retry = outcome.allowed() ? 0 : algorithm.retryAfterMicros(state, now, charge.cost());
        return new Quota(
                charge.limit(),
                algorithm.remaining(state, now),
                micros(retry),
                micros(algorithm.resetAfterMicros(state, now)));
    }

    private static Duration micros(long micros) {
        return Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1_000);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decision that
                && allowed == that.allowed
                && source == that.source
                && limits.equals(that.limits)
                && quotas.equals(that.quotas)
                && Objects.equals(violated, that.violated)
                && retryAfter.equals(that.retryAfter)
                && delay.equals(that.delay);
    }

    @Override
    public int hashCode() {
        return Objects.hash(allowed, source, limits, quotas, violated, retryAfter, delay);
    }
}
