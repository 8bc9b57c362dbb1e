package dev.wellhead.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One question to a limiter: one or more limits, each with its key and cost. All are charged or none. Immutable and
 * thread-safe.
 *
 * <pre>{@code
 * Ask.of(perIp, ip).and(perUser, user).and(bytesPerDay, user, size)
 * }</pre>
 */
public final class Ask {
    private final List<Charge> charges;
    private final boolean atomicOnly;

    private Ask(List<Charge> charges, boolean atomicOnly) {
        this.charges = List.copyOf(charges);
        this.atomicOnly = atomicOnly;
    }

    /**
     * Asks for one permit.
     *
     * @param key whose permit: any text, also one that an attacker chose
     */
    public static Ask of(Limit limit, String key) {
        return of(limit, key, 1);
    }

    /**
     * Asks for {@code cost} permits.
     *
     * @param key whose permits: any text, also one that an attacker chose
     * @throws IllegalArgumentException if the cost is below 1
     */
    public static Ask of(Limit limit, String key, long cost) {
        return new Ask(List.of(Charge.of(limit, key, cost)), false);
    }

    /**
     * Asks for one permit more, of another limit or key.
     *
     * @throws IllegalArgumentException if this limit is asked for this key already
     */
    public Ask and(Limit limit, String key) {
        return and(limit, key, 1);
    }

    /**
     * Asks for {@code cost} permits more, of another limit or key.
     *
     * @throws IllegalArgumentException if the cost is below 1, or this limit is asked for this key already
     */
    public Ask and(Limit limit, String key, long cost) {
        Charge added = Charge.of(limit, key, cost);
        if (charges.stream().anyMatch(charge -> charge.bucket().equals(added.bucket()))) {
            throw new IllegalArgumentException(
                    "limit '" + limit.name() + "' is asked twice for the same key; ask once, for the sum of the costs");
        }
        List<Charge> all = new ArrayList<>(charges);
        all.add(added);
        return new Ask(all, atomicOnly);
    }

    /** Returns the same for a caller who would not wait for longer for its turn in a queue. */
    Ask within(Duration patience) {
        // A century is for ever.
        long micros = Math.min(patience.toSeconds(), TokenBucket.MAX_REFILL_MICROS / 1_000_000) * 1_000_000
                + patience.toNanosPart() / 1_000;
        return with(charge -> charge.within(micros));
    }

    /**
     * Keeps the buckets of this ask together in one slot of a Redis Cluster, so that it is decided in one trip though its
     * keys differ. The tag is part of the buckets' names: whoever asks for one of them must give the same tag.
     *
     * @param tag what the keys have in common, as the tenant whose users they are
     */
    public Ask tagged(String tag) {
        return with(charge -> charge.tagged(tag));
    }

    /**
     * Refuses to be decided in several trips. On a Redis Cluster keys lie in slots, and an ask over several of them is
     * charged slot by slot, and given back if a later one denies: no limit is exceeded, but another call may be denied for
     * what is given back a moment later, and of a {@linkplain Limit#leaky leaky} limit nothing is given back once others
     * have queued behind. With this it throws {@link IllegalArgumentException} instead, when it is asked.
     */
    public Ask atomicOnly() {
        return new Ask(charges, true);
    }

    /**
     * Returns the key that this limit is asked for, of several the first; empty if the limit is not asked. The key may be personal, and is as the
     * caller chose it: not fit for a message or a log.
     */
    public Optional<String> key(Limit limit) {
        return charges.stream()
                .filter(charge -> charge.limit().equals(limit))
                .map(Charge::key)
                .findFirst();
    }

    boolean isAtomicOnly() {
        return atomicOnly;
    }

    /** Returns a part of this ask. */
    Ask only(List<Charge> part) {
        return new Ask(part, atomicOnly);
    }

    private Ask with(UnaryOperator<Charge> change) {
        return new Ask(charges.stream().map(change).toList(), atomicOnly);
    }

    List<Charge> charges() {
        return charges;
    }

    /** Returns a limit that can never give what it is asked for; null if each can. */
    @Nullable Limit impossible() {
        for (Charge charge : charges) {
            if (charge.isImpossible()) {
                return charge.limit();
            }
        }
        return null;
    }

    /** Names the limits and costs. The keys may be personal: they are left out. */
    @Override
    public String toString() {
        return "Ask"
                + charges.stream().map(c -> c.limit().name() + " x " + c.cost()).toList();
    }

    /** What one limit is asked for. Immutable. */
    static final class Charge {
        private final Limit limit;
        private final String key;
        private final @Nullable String tag;
        private final BucketKey bucket;
        private final long cost;
        private final long patienceMicros;

        private Charge(
                Limit limit, String key, @Nullable String tag, BucketKey bucket, long cost, long patienceMicros) {
            this.limit = limit;
            this.key = key;
            this.tag = tag;
            this.bucket = bucket;
            this.cost = cost;
            this.patienceMicros = patienceMicros;
        }

        /** @throws IllegalArgumentException if the cost is below 1 */
        static Charge of(Limit limit, String key, long cost) {
            if (cost < 1) {
                throw new IllegalArgumentException("cost must be >= 1, was " + cost + " (limit '" + limit.name()
                        + "'); peek() asks without taking");
            }
            return new Charge(limit, key, null, BucketKey.of(limit, key), cost, Long.MAX_VALUE);
        }

        /** Returns the same for a bucket that lies in the slot of a tag. */
        Charge tagged(String by) {
            return new Charge(limit, key, by, BucketKey.of(limit, by, key), cost, patienceMicros);
        }

        /** Returns the same for a caller who would not wait for longer for its turn in a queue. */
        Charge within(long micros) {
            return new Charge(limit, key, tag, bucket, cost, micros);
        }

        /** Returns the same for so many permits. */
        Charge costing(long permits) {
            return new Charge(limit, key, tag, bucket, permits, patienceMicros);
        }

        Limit limit() {
            return limit;
        }

        String key() {
            return key;
        }

        /** Returns what finds the bucket in this JVM. */
        BucketKey bucket() {
            return bucket;
        }

        /** Returns what names the bucket in Redis; put together each time. */
        String id() {
            return tag == null ? BucketId.of(limit, key) : BucketId.of(limit, tag, key);
        }

        long cost() {
            return cost;
        }

        /** Returns for how long the caller would wait for its turn in a queue. */
        long patienceMicros() {
            return patienceMicros;
        }

        Algorithm algorithm() {
            // Who waits for ever asks for nothing special.
            Algorithm algorithm = limit.algorithm();
            return patienceMicros == Long.MAX_VALUE ? algorithm : algorithm.within(patienceMicros, cost);
        }

        /** Returns whether the limit can never give so much. Each gives one. */
        boolean isImpossible() {
            return cost > 1 && cost > limit.burst();
        }
    }
}
