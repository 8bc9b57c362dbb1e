package dev.wellhead.redis;

import io.lettuce.core.RedisConnectionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tries for the first connection until it is made, and remembers why it was not. */
final class FirstConnection<C> {
    private final Threads threads;
    private final Supplier<CompletionStage<C>> connect;
    private final Consumer<C> made;
    private volatile @Nullable Throwable lastError;

    FirstConnection(Threads threads, Supplier<CompletionStage<C>> connect, Consumer<C> made) {
        this.threads = threads;
        this.connect = connect;
        this.made = made;
    }

    void attempt(int number) {
        connect.get().whenComplete((opened, error) -> {
            if (opened != null) {
                lastError = null;
                made.accept(opened);
            } else if (!threads.isClosing()) {
                lastError = error;
                threads.retry(number, () -> attempt(number + 1));
            }
        });
    }

    RedisConnectionException missing(String address) {
        Throwable why = lastError;
        return new RedisConnectionException(
                "not connected yet to " + address + (why == null ? "" : ": " + Failures.innermost(why)), why);
    }
}
