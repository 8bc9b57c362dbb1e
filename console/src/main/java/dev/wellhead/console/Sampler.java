package dev.wellhead.console;

import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.DaemonThreads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures all cards again and again, on a thread of its own. Thread-safe. */
final class Sampler {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final long PATIENCE_MILLIS = 2_000;

    private final List<Card> cards;
    private final History history;
    private final Ticker ticker;
    private final long begunNanos;
    private final Thread thread;
    private volatile boolean stopped;

    Sampler(List<Card> cards, History history, Ticker ticker, long periodNanos) {
        this.cards = cards;
        this.history = history;
        this.ticker = ticker;
        this.begunNanos = ticker.nanos();
        this.thread = DaemonThreads.of("console", "sampler").newThread(() -> loop(periodNanos));
    }

    void start() {
        thread.start();
    }

    /** Ends the thread and waits for it, 2 s at most. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long uptimeMillis() {
        return TimeUnit.NANOSECONDS.toMillis(ticker.nanos() - begunNanos);
    }

    private void loop(long periodNanos) {
        long next = ticker.nanos();
        while (!stopped) {
            long now = ticker.nanos();
            if (now - next >= 0) {
                sample(now);
                // After a standstill it goes on from now: what was missed is a gap.
                next = now - next > periodNanos ? now + periodNanos : next + periodNanos;
            } else {
                LockSupport.parkNanos(next - now);
            }
        }
    }

    void sample(long nowNanos) {
        List<double[]> values = new ArrayList<>(cards.size());
        for (Card card : cards) {
            values.add(sample(card, nowNanos));
        }
        history.add(TimeUnit.NANOSECONDS.toMillis(nowNanos - begunNanos), values);
    }

    private static double[] sample(Card card, long nowNanos) {
        double[] row = new double[card.columns().size()];
        Arrays.fill(row, Double.NaN);
        try {
            card.sample(nowNanos, row);
        } catch (RuntimeException e) {
            Arrays.fill(row, Double.NaN);
            // By its class only: a host's own implementation may say anything.
            LOG.debug(
                    "console: {} '{}' cannot be measured: {}",
                    card.kind(),
                    card.name(),
                    e.getClass().getName());
        }
        return row;
    }
}
