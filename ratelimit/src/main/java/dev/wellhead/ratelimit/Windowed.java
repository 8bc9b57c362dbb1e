package dev.wellhead.ratelimit;

/**
 * What counts permits by windows of one length has in common. How many there are may change while counts are kept: a
 * count that is above the new number leaves none. Immutable.
 */
abstract sealed class Windowed implements Algorithm permits FixedWindow, SlidingCounter, SlidingLog {
    private final int number;
    private final String words;
    final Room room;
    // Of a window, in microseconds.
    final long length;

    /** @param number by which the script knows it */
    Windowed(int number, String words, Room room, long length) {
        this.number = number;
        this.words = words;
        this.room = room;
        this.length = length;
    }

    @Override
    public final long burst() {
        return room.permits();
    }

    @Override
    public final long refillMicros() {
        return length;
    }

    @Override
    public final State moved(State state, long offsetMicros) {
        return state.movedBy(offsetMicros);
    }

    @Override
    public final long[] arguments(long cost) {
        return new long[] {number, cost, room.permits(), length};
    }

    @Override
    public final String words() {
        return words;
    }

    @Override
    public final String fingerprint() {
        return words.replace(' ', '-') + " " + length;
    }
}
