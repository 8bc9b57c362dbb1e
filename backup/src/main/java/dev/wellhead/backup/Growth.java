package dev.wellhead.backup;

/** Reports how something grows of which only the size is known. For one thread. */
final class Growth {
    private final String object;
    private final Progress progress;
    private long size;

    Growth(String object, Progress progress) {
        this.object = object;
        this.progress = progress;
    }

    void to(long now) {
        if (now > size) {
            progress.passed(object, 0, now - size);
            size = now;
        }
    }
}
