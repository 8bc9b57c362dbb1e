package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One ask that waits for its permits: it asks, sleeps for as long as it was told to, and asks again. It holds nothing
 * meanwhile, so a waiter that is interrupted or dies leaves nothing behind. For one call.
 */
final class Waiting {
    // Nothing here is measured, only waited for, and real time is what a sleep takes.
    private static final Ticker TICKER = Ticker.system();

    private final RateLimiter limiter;
    private final Ask ask;
    private final long started = TICKER.nanos();
    private final Duration maxWait;

    Waiting(RateLimiter limiter, Ask ask, Duration maxWait) {
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("maxWait must be >= 0, was " + maxWait);
        }
        this.limiter = limiter;
        this.ask = ask;
        this.maxWait = maxWait;
    }

    Decision block() throws InterruptedException {
        while (true) {
            // Asked with the flag set, Redis would not be waited for, and the failure policy would decide.
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for permits; none are held");
            }
            Decision decision = limiter.tryAcquire(ask.within(left()));
            if (isFinal(decision)) {
                sleep(decision.delay().toNanos());
                if (!decision.delay().isZero() && Thread.interrupted()) {
                    throw new InterruptedException(
                            "interrupted while waiting for the turn in a queue, which passes unused");
                }
                return decision;
            }
            sleep(decision.retryAfter().toNanos());
        }
    }

    CompletionStage<Decision> async() {
        return limiter.tryAcquireAsync(ask.within(left()))
                .thenCompose(decision -> isFinal(decision)
                        ? inTurn(decision)
                        // On the JDK's timer thread, which an ask that never blocks does not hold up.
                        : CompletableFuture.supplyAsync(this::async, after(decision.retryAfter()))
                                .thenCompose(later -> later));
    }

    private static CompletionStage<Decision> inTurn(Decision decision) {
        return decision.delay().isZero()
                ? CompletableFuture.completedStage(decision)
                : CompletableFuture.supplyAsync(() -> decision, after(decision.delay()));
    }

    // A wait beyond the deadline would end in a denial: it is given up before it begins. So is one for a queue, which
    // gets no shorter than the patience that is left.
    private boolean isFinal(Decision decision) {
        if (decision.allowed() || decision.never()) {
            return true;
        }
        return decision.violated().filter(Limit::isQueue).isPresent()
                || decision.retryAfter().compareTo(left()) > 0;
    }

    private Duration left() {
        Duration left = maxWait.minusNanos(TICKER.nanos() - started);
        return left.isNegative() ? Duration.ZERO : left;
    }

    // Parking may end early for no reason.
    private static void sleep(long nanos) {
        long begun = TICKER.nanos();
        for (long left = nanos; left > 0 && !Thread.currentThread().isInterrupted(); ) {
            LockSupport.parkNanos(left);
            left = nanos - (TICKER.nanos() - begun);
        }
    }

    private static Executor after(Duration wait) {
        return CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS, Runnable::run);
    }
}
