package dev.wellhead.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** The last samples of all cards, in rings of a fixed size. Thread-safe. */
final class History {
    private final int capacity;
    private final ReentrantLock ringLock = new ReentrantLock();
    // Guarded by ringLock: the moments in milliseconds since the console was built, and by card and column the values.
    private final long[] moments;
    private final List<double[][]> rings = new ArrayList<>();
    private long taken;

    History(int capacity, List<Card> cards) {
        this.capacity = capacity;
        this.moments = new long[capacity];
        for (Card card : cards) {
            rings.add(new double[card.columns().size()][capacity]);
        }
    }

    /** Adds one sample: for each card the values of its columns. */
    void add(long momentMillis, List<double[]> values) {
        ringLock.lock();
        try {
            int at = (int) (taken % capacity);
            moments[at] = momentMillis;
            for (int card = 0; card < rings.size(); card++) {
                double[][] ring = rings.get(card);
                for (int column = 0; column < ring.length; column++) {
                    ring[column][at] = values.get(card)[column];
                }
            }
            taken++;
        } finally {
            ringLock.unlock();
        }
    }

    /**
     * Samples in the order of time.
     *
     * @param end the number of samples ever taken; to ask with the next time
     * @param moments when they were taken, in milliseconds since the console was built
     * @param values by card and column
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Slice(long end, double[] moments, List<double[][]> values) {}

    /** Returns the samples behind the first {@code since} ever taken, as far as they are kept. */
    Slice since(long since) {
        ringLock.lock();
        try {
            long oldest = Math.max(0, taken - capacity);
            // Who asks for samples that were never taken knows another console: it gets all.
            long from = since > taken || since < oldest ? oldest : since;
            int count = (int) (taken - from);
            double[] times = new double[count];
            for (int i = 0; i < count; i++) {
                times[i] = moments[(int) ((from + i) % capacity)];
            }
            return new Slice(
                    taken,
                    times,
                    rings.stream().map(ring -> copy(ring, from, count)).toList());
        } finally {
            ringLock.unlock();
        }
    }

    private double[][] copy(double[][] ring, long from, int count) {
        return Arrays.stream(ring)
                .map(column -> {
                    double[] values = new double[count];
                    for (int i = 0; i < count; i++) {
                        values[i] = column[(int) ((from + i) % capacity)];
                    }
                    return values;
                })
                .toArray(double[][]::new);
    }
}
