package dev.wellhead.cache;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Which tags were invalidated, and when by their own clock, which counts invalidations. */
final class TagTable {
    /*
     * Complete up to `known`: every invalidation with a version up to it is in the table, or below `floor`. A load that
     * begins now remembers `known`, which is never too late; of what it brings, an invalidation that came before may be
     * taken for a later one, which costs a load and no more. A version that comes alone, with others missing before it, is
     * noted but does not move `known`.
     *
     * `floor` stands for those that were forgotten, so that the table stays small: a tagged value from before it counts as
     * absent. `newest` lets most readers pass without looking any further; it moves before an entry is believed missing.
     * Writers hold the lock; readers need none, since each field only grows.
     */
    private final int bound;
    private final ReentrantLock versionsLock = new ReentrantLock();
    private final ConcurrentHashMap<String, Long> versions = new ConcurrentHashMap<>();
    private volatile long known;
    private volatile long floor;
    private volatile long newest;

    TagTable(int bound) {
        this.bound = bound;
    }

    /** Returns the version for a load that begins now. */
    long known() {
        return known;
    }

    /**
     * Returns whether nothing with these tags was invalidated since. Of tags of another table nothing is known: their
     * value was read in another generation, and counts as absent in this one.
     */
    boolean holds(Tags tags) {
        if (!countsFor(tags)) {
            return false;
        }
        if (tags.names().isEmpty() || tags.asOf() >= newest) {
            return true;
        }
        if (tags.asOf() < floor) {
            return false;
        }
        for (String name : tags.names()) {
            Long version = versions.get(name);
            if (version != null && version > tags.asOf()) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the version of these tags, if there are any, is one of this table's clock. */
    @SuppressWarnings("ReferenceEquality") // This very table: another one is of another generation.
    boolean countsFor(Tags tags) {
        return tags.names().isEmpty() || tags.table() == this;
    }

    /** Notes one invalidation; returns false if others are missing before it. */
    boolean note(String tag, long version) {
        versionsLock.lock();
        try {
            raise(tag, version);
            if (version > known + 1) {
                return false;
            }
            known = Math.max(known, version);
            return true;
        } finally {
            versionsLock.unlock();
        }
    }

    /** Invalidates a tag where no other process counts. */
    void invalidate(String tag) {
        versionsLock.lock();
        try {
            long version = known + 1;
            raise(tag, version);
            known = version;
        } finally {
            versionsLock.unlock();
        }
    }

    /** Takes in all that happened up to this version. */
    void advance(long upTo, long forgottenUpTo, List<Map.Entry<String, Long>> news) {
        versionsLock.lock();
        try {
            newest = Math.max(newest, Math.max(upTo, forgottenUpTo));
            floor = Math.max(floor, forgottenUpTo);
            news.forEach(entry -> raise(entry.getKey(), entry.getValue()));
            known = Math.max(known, upTo);
        } finally {
            versionsLock.unlock();
        }
    }

    int size() {
        return versions.size();
    }

    private void raise(String tag, long version) {
        assert versionsLock.isHeldByCurrentThread();
        versions.merge(tag, version, Math::max);
        newest = Math.max(newest, version);
        if (versions.size() > bound) {
            forgetOlderHalf();
        }
    }

    private void forgetOlderHalf() {
        assert versionsLock.isHeldByCurrentThread();
        long median =
                versions.values().stream().sorted().skip(bound / 2).findFirst().orElse(floor);
        floor = Math.max(floor, median);
        versions.values().removeIf(version -> version <= median);
    }
}
