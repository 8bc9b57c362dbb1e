package dev.wellhead.cache;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What one process did to a cache and what it saw: a file in its memory, so that nothing is lost if it is killed. */
final class HistoryLog {
    private static final int RECORD = 32;

    private final ByteBuffer memory;
    private final AtomicInteger next = new AtomicInteger();

    enum Kind {
        NONE,
        READ,
        /** The value is gone from Redis and all nodes know. */
        INVALIDATED,
        /** It is gone on this node. */
        QUEUED
    }

    /** Times are System.nanoTime(), which is one clock for all processes of a machine. */
    record Event(Kind kind, int key, long version, long start, long end) {}

    private HistoryLog(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Opens a log that has room for so many events. */
    static HistoryLog open(Path file, int capacity) {
        return new HistoryLog(SharedRows.map(file, RECORD * capacity));
    }

    void add(Kind kind, int key, long version, long start, long end) {
        int at = next.getAndIncrement() * RECORD;
        memory.putLong(at, start).putLong(at + 8, end).putLong(at + 16, version).putInt(at + 24, key);
        memory.putInt(at + 28, kind.ordinal());
    }

    /** Returns what is there; what was being written when the process was killed is not. */
    List<Event> events() {
        List<Event> events = new ArrayList<>();
        for (int at = 0, gaps = 0; at < memory.capacity() && gaps < 16; at += RECORD) {
            Kind kind = Kind.values()[memory.getInt(at + 28)];
            if (kind == Kind.NONE) {
                gaps++;
            } else {
                events.add(new Event(
                        kind,
                        memory.getInt(at + 24),
                        memory.getLong(at + 16),
                        memory.getLong(at),
                        memory.getLong(at + 8)));
            }
        }
        return events;
    }
}
