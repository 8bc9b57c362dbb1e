package dev.wellhead.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of its own for what Redis says unasked, made again whenever it breaks or falls silent. Its own, so that a
 * slow receiver holds up nobody else.
 *
 * @param <C> the connection that it needs
 */
abstract class Feed<C extends StatefulRedisConnection<byte[], byte[]>> {
    /*
     *   opening -> arming -> armed     connected, then the command that makes Redis speak was answered
     *   any -> opening                 it broke, a command failed, or two heartbeats in a row passed without an answer
     *   any -> closed                  for good
     *
     * Each connection lives once: Lettuce does not reconnect it, so that nothing arrives that was not armed by us. All
     * fields belong to `serial`, and so do the calls of armed(), lost() and refused(): they come in order, never two at
     * a time. What Redis says itself comes on the connection's thread, after armed().
     */
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final int SILENT_BEATS = 2;
    private static final long REFUSED_RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Serial serial = new Serial();
    private final Threads threads;
    private final String client;
    private final long beatNanos;

    private @Nullable C connection;
    private boolean armed;
    private boolean closed;
    private boolean refusalTold;
    private int failures;
    private int silent;

    Feed(Threads threads, String client, long beatNanos) {
        this.threads = threads;
        this.client = client;
        this.beatNanos = beatNanos;
    }

    /** Makes a connection. */
    abstract CompletionStage<C> open();

    /** Makes Redis speak on the connection. */
    abstract CompletionStage<?> arm(C opened);

    /** Asks for a sign of life that comes the same way as what Redis says. */
    abstract CompletionStage<?> beat(C opened);

    abstract void armed();

    abstract void lost();

    /** Redis does not let us, or cannot: told once until it is armed. */
    abstract void refused(RedisUnavailableException why);

    /** Begins, on a thread of the client: Lettuce generates classes for its first such connection, which takes long. */
    final void start() {
        threads.schedule(() -> serial.execute(this::connect), 0);
    }

    final void end() {
        serial.execute(() -> {
            closed = true;
            drop();
        });
    }

    /** Tells a receiver, whose faults are its own. */
    final void tell(Object receiver, Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.error("{}: {} failed", client, receiver.getClass().getName(), e);
        }
    }

    private void connect() {
        if (closed) {
            return;
        }
        started(this::open)
                .whenComplete((opened, error) -> serial.execute(() -> {
                    if (opened == null) {
                        again(error);
                    } else if (closed) {
                        opened.closeAsync();
                    } else {
                        opened(opened);
                    }
                }));
    }

    private void opened(C opened) {
        connection = opened;
        opened.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                broke(opened, new TimeoutException("connection lost"));
            }
        });
        silent = 0;
        bounded(started(() -> arm(opened)))
                .whenComplete((done, error) -> serial.execute(() -> {
                    if (error != null) {
                        broken(opened, error);
                    } else if (!opened.isOpen()) {
                        broken(opened, new TimeoutException("connection lost"));
                    } else if (opened == connection) {
                        armed = true;
                        refusalTold = false;
                        armed();
                        beatLater(opened);
                    }
                }));
    }

    private void beatLater(C opened) {
        threads.schedule(() -> serial.execute(() -> beatNow(opened)), beatNanos);
    }

    private void beatNow(C opened) {
        if (opened != connection) {
            return;
        }
        if (silent >= SILENT_BEATS) {
            broken(opened, new TimeoutException("nothing heard for " + silent + " heartbeats"));
            return;
        }
        // A beat that is under way is not sent again: Redis answers in order.
        if (silent++ == 0) {
            started(() -> beat(opened))
                    .whenComplete((done, error) -> serial.execute(() -> {
                        if (error == null && opened == connection) {
                            silent = 0;
                            failures = 0;
                        }
                    }));
        }
        beatLater(opened);
    }

    private void broke(C broken, Throwable why) {
        serial.execute(() -> broken(broken, why));
    }

    private void broken(C broken, Throwable why) {
        if (broken == connection) {
            drop();
            again(why);
        }
    }

    private void drop() {
        C open = connection;
        connection = null;
        if (open != null) {
            open.closeAsync();
        }
        if (armed) {
            armed = false;
            if (!closed) {
                lost();
            }
        }
    }

    private void again(@Nullable Throwable error) {
        if (closed) {
            return;
        }
        RedisUnavailableException failure =
                Failures.of(client, error == null ? new TimeoutException("no connection") : error);
        boolean refused = failure.reason() == RedisUnavailableException.Reason.FAILED
                || failure.reason() == RedisUnavailableException.Reason.DENIED;
        if (refused && !refusalTold) {
            refusalTold = true;
            LOG.warn("{}: {}", client, failure.getMessage());
            refused(failure);
        }
        if (refused) {
            threads.schedule(() -> serial.execute(this::connect), REFUSED_RETRY_NANOS);
        } else {
            threads.retry(failures++, () -> serial.execute(this::connect));
        }
    }

    private <T> CompletableFuture<T> bounded(CompletableFuture<T> answer) {
        Future<?> alarm = threads.schedule(
                () -> answer.completeExceptionally(new TimeoutException("no answer to the first command")),
                SILENT_BEATS * beatNanos);
        return answer.whenComplete((done, error) -> alarm.cancel(false));
    }

    private static <T> CompletableFuture<T> started(Start<T> start) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            start.start().whenComplete((value, error) -> {
                if (error == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(error);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private interface Start<T> {
        CompletionStage<? extends T> start();
    }
}
