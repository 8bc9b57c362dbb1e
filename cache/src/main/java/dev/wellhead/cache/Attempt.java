package dev.wellhead.cache;

/** One caller's try to get a value from behind the near tier. Written by whoever fetches, read once that is over. */
final class Attempt {
    private boolean due;

    /** The value is here, but this read has been chosen to refresh it. */
    void refreshIsDue() {
        due = true;
    }

    boolean isRefreshDue() {
        return due;
    }
}
