package dev.wellhead.console;

import dev.wellhead.core.Ticker;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can only be had by asking a database or a store. Asked when somebody looks and the last answer is old, by a thread that
 * nobody waits for, one question at a time: however slow the answer, the page is not, and nothing is asked for nobody.
 * Thread-safe.
 */
final class SlowRead<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);

    private final String what;
    private final Callable<T> question;
    private final Ticker ticker;
    private final Executor readers;
    private final long freshNanos;

    private final ReentrantLock stateLock = new ReentrantLock();
    // Guarded by stateLock.
    private @Nullable T answer;
    private @Nullable String failure;
    private boolean asked;
    private boolean asking;
    private long askedNanos;
    private long endedNanos;
    private long answeredNanos;

    SlowRead(String what, Callable<T> question, Ticker ticker, Executor readers, long freshNanos) {
        this.what = what;
        this.question = question;
        this.ticker = ticker;
        this.readers = readers;
        this.freshNanos = freshNanos;
    }

    /** Asks again if the last answer is old, and returns what is known now. Never blocks. */
    Map<String, @Nullable Object> look(Function<T, @Nullable Object> shown) {
        if (begins()) {
            try {
                readers.execute(this::ask);
            } catch (RejectedExecutionException e) {
                // Too many are under way, or the console closes: whoever looks next tries again.
                end(null, null);
            }
        }
        return known().shown(shown);
    }

    /** What is known at a moment; ages in milliseconds, null for what is not there. */
    private record Known<T>(
            @Nullable T answer,
            @Nullable Long ageMillis,
            @Nullable String failure,
            @Nullable Long readingMillis) {
        Map<String, @Nullable Object> shown(Function<T, @Nullable Object> shown) {
            T value = answer;
            return Json.object(
                    "state",
                    failure != null ? "failed" : value != null ? "ready" : "reading",
                    "error",
                    failure,
                    "ageMs",
                    ageMillis,
                    "readingMs",
                    readingMillis,
                    "value",
                    value == null ? null : shown.apply(value));
        }
    }

    private Known<T> known() {
        stateLock.lock();
        try {
            long now = ticker.nanos();
            return new Known<>(
                    answer,
                    answer == null ? null : TimeUnit.NANOSECONDS.toMillis(now - answeredNanos),
                    failure,
                    asking ? TimeUnit.NANOSECONDS.toMillis(now - askedNanos) : null);
        } finally {
            stateLock.unlock();
        }
    }

    private boolean begins() {
        stateLock.lock();
        try {
            long now = ticker.nanos();
            if (asking || (asked && now - endedNanos < freshNanos)) {
                return false;
            }
            asking = true;
            askedNanos = now;
            return true;
        } finally {
            stateLock.unlock();
        }
    }

    private void ask() {
        try {
            end(question.call(), null);
        } catch (Exception e) {
            LOG.debug("console: {} cannot be read: {}", what, e.getClass().getName());
            end(null, Failures.say(e));
        } catch (Error e) {
            end(null, Failures.say(e));
            throw e;
        }
    }

    /** What was known before a failure stays shown, with its age. */
    private void end(@Nullable T now, @Nullable String why) {
        stateLock.lock();
        try {
            asking = false;
            if (now == null && why == null) {
                return;
            }
            failure = why;
            asked = true;
            endedNanos = ticker.nanos();
            if (now != null) {
                answer = now;
                answeredNanos = endedNanos;
            }
        } finally {
            stateLock.unlock();
        }
    }
}
