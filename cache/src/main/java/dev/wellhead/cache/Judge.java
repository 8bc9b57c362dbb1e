package dev.wellhead.cache;

import dev.wellhead.core.Ticker;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Says of a value what may be done with it now. */
final class Judge {
    private static final long FIRST_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Ticker ticker;
    private final Staleness staleness;
    private final @Nullable EarlyExpiry early;
    private final TagTables tags;

    /** What may be done with a value. */
    enum Verdict {
        /** It is good. */
        FRESH(true, false),
        /** It is good, and this read has been chosen to refresh it. */
        EARLY(true, true),
        /** It is past its life; to be served while it is loaded anew. */
        REVALIDATE(true, true),
        /** It is past its life, and loading it failed a moment ago: to be served without trying again. */
        RESTING(true, false),
        /** It is past its life, and good only if loading it fails. */
        FALLBACK(false, false),
        /** It counts as absent. */
        GONE(false, false);

        private final boolean served;
        private final boolean refreshed;

        Verdict(boolean served, boolean refreshed) {
            this.served = served;
            this.refreshed = refreshed;
        }

        boolean isServed() {
            return served;
        }

        boolean isRefreshed() {
            return refreshed;
        }
    }

    /** Where the tags are known. */
    interface TagTables {
        /** Returns the current one. */
        TagTable current();
    }

    /** @param early null if nothing is refreshed ahead of its expiry */
    Judge(Ticker ticker, Staleness staleness, @Nullable EarlyExpiry early, TagTables tags) {
        this.ticker = ticker;
        this.staleness = staleness;
        this.early = early;
        this.tags = tags;
    }

    Verdict of(NearTier.@Nullable Entry<?> entry) {
        return of(entry, ticker.nanos());
    }

    /** @param now the reading of the ticker with which the entry was got */
    Verdict of(NearTier.@Nullable Entry<?> entry, long now) {
        if (entry == null || !tags.current().holds(entry.meta().tags())) {
            return Verdict.GONE;
        }
        boolean resting = entry.failures() > 0 && now - entry.retryAt() < 0;
        return of(entry.freshUntil() - now, entry.meta(), resting);
    }

    /** Judges a value that comes from Redis. */
    Verdict of(long freshNanos, Meta meta) {
        return tags.current().holds(meta.tags()) ? of(freshNanos, meta, false) : Verdict.GONE;
    }

    private Verdict of(long freshNanos, Meta meta, boolean resting) {
        if (freshNanos > 0) {
            boolean chosen =
                    early != null && !resting && early.volunteers(freshNanos, meta.costNanos(), meta.lifeNanos());
            return chosen ? Verdict.EARLY : Verdict.FRESH;
        }
        long past = -freshNanos;
        if (past < staleness.revalidateNanos()) {
            return resting ? Verdict.RESTING : Verdict.REVALIDATE;
        }
        if (past < staleness.errorNanos()) {
            return resting ? Verdict.RESTING : Verdict.FALLBACK;
        }
        return Verdict.GONE;
    }

    /** Returns how long to wait before the next try, after so many failures in a row. */
    static long backoffNanos(int failures) {
        long longest = Math.min(LONGEST_BACKOFF_NANOS, FIRST_BACKOFF_NANOS << Math.min(failures, 10));
        return longest - (long) (longest * 0.5 * ThreadLocalRandom.current().nextDouble());
    }
}
