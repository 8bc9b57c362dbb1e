package dev.wellhead.redis;

import dev.wellhead.core.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one server, or of whichever is the master behind one address: whether it answers, and its clock. A
 * cluster has one for each master, so that a dead one costs the callers of its own slots only.
 */
final class Server {
    final String name;
    final Breaker breaker;
    final RedisClock clock;
    /** Done when it has answered for the first time: from then on its time is known. */
    final CompletableFuture<Void> answered = new CompletableFuture<>();

    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicBoolean probing = new AtomicBoolean();
    private final AtomicReference<@Nullable Future<?>> nextProbe = new AtomicReference<>();
    // What opened the breaker, for messages and health; null while it is closed.
    private volatile @Nullable RedisUnavailableException cause;

    /** @param name fit for a message: an address carries no secret */
    Server(String name, int failures, Ticker ticker, long budgetNanos) {
        this.name = name;
        breaker = new Breaker(failures);
        clock = new RedisClock(ticker, budgetNanos);
    }

    @Nullable RedisUnavailableException cause() {
        return cause;
    }

    void cause(@Nullable RedisUnavailableException why) {
        cause = why;
    }

    /** Returns true to the one who may probe now, and says when done. */
    boolean beginProbe() {
        return probing.compareAndSet(false, true);
    }

    void endProbe() {
        probing.set(false);
    }

    /** Counts the probes before the first answer. */
    int unansweredProbe() {
        return unanswered.incrementAndGet();
    }

    /** Keeps one probe in store, whoever wants one. */
    void nextProbe(Future<?> scheduled) {
        Future<?> before = nextProbe.getAndSet(scheduled);
        if (before != null) {
            before.cancel(false);
        }
    }
}
