package dev.wellhead.cache;

import org.jspecify.annotations.Nullable;

/** One caller's try to get a value from behind the near tier. Written by whoever fetches, read once that is over. */
final class Attempt<V extends @Nullable Object> {
    private NearTier.@Nullable Draft<V> due;

    /** This value is here, but this read has been chosen to refresh it. */
    void refreshIsDue(NearTier.Draft<V> value) {
        due = value;
    }

    NearTier.@Nullable Draft<V> due() {
        return due;
    }
}
