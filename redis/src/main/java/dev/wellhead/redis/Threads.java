package dev.wellhead.redis;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The threads that a client runs on, its own or the host's, with a reconnect delay that is ours in either case. */
final class Threads implements AutoCloseable {
    static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(2);
    private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofMillis(500);

    private final ClientResources resources;
    private final boolean owned;
    private final AtomicBoolean closing = new AtomicBoolean();

    Threads(@Nullable ClientResources hostResources) {
        owned = hostResources == null;
        ClientResources.Builder builder = hostResources == null
                ? DefaultClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2)
                : hostResources.mutate();
        resources = builder.reconnectDelay(() ->
                        Delay.fullJitter(Duration.ofMillis(10), LONGEST_RECONNECT_DELAY, 10, TimeUnit.MILLISECONDS))
                .build();
    }

    ClientResources resources() {
        return resources;
    }

    /** Runs a short task later on a thread of the client; not at all once it closes. */
    Future<?> schedule(Runnable task, long delayNanos) {
        if (closing.get() || resources.eventExecutorGroup().isShuttingDown()) {
            return CompletableFuture.completedFuture(null);
        }
        return resources.eventExecutorGroup().schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Runs a task after the pause that follows this many failures in a row: random, and half a second at most. */
    void retry(int failures, Runnable task) {
        long longest = Math.min(10L << Math.min(failures, 10), LONGEST_RECONNECT_DELAY.toMillis());
        schedule(task, TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(1, longest + 1)));
    }

    boolean isClosing() {
        return closing.get();
    }

    /** Returns true to the first caller: from then on nothing is scheduled. */
    boolean beginClosing() {
        return closing.compareAndSet(false, true);
    }

    @Override
    public void close() {
        if (owned) {
            resources
                    .shutdown(0, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(SHUTDOWN_PATIENCE.toMillis());
        }
    }
}
