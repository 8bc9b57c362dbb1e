package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that do one thing together, and stop when one of them fails. Whoever made it takes part, and waits for the others
 * whatever happens: nothing of theirs goes on behind its back.
 */
final class Crew implements AutoCloseable {
    private static final long LOOK_MILLIS = 1_000;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ExecutorService threads = Executors.newCachedThreadPool(Crew::thread);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** What one of them does; it looks at {@link #goesOn()} now and then. */
    @FunctionalInterface
    interface Work {
        void run() throws SQLException, IOException;
    }

    /** What is done with each of many things, in a session that was used for others before. */
    @FunctionalInterface
    interface Step<T> {
        void take(Connection session, T thing) throws SQLException, IOException;
    }

    /**
     * Does the same with each thing, begun in this order.
     *
     * @param workers how many are under way at a time, each over a connection of its own
     */
    static <T> void forEach(List<T> things, int workers, DirectDataSource database, Step<T> step)
            throws SQLException, IOException {
        Queue<T> open = new ConcurrentLinkedQueue<>(things);
        Crew crew = new Crew();
        Work one = () -> {
            try (Connection session = PostgresSession.open(database)) {
                for (T thing = open.poll(); thing != null && crew.goesOn(); thing = open.poll()) {
                    step.take(session, thing);
                }
            }
        };
        try (crew) {
            for (int i = 1; i < Math.min(workers, things.size()); i++) {
                crew.start(one);
            }
            crew.join(one);
        }
        crew.rethrow();
    }

    /** Has another thread do it. */
    void start(Work work) {
        threads.execute(() -> join(work));
    }

    /** Does it in this thread; a failure ends the work of all. */
    void join(Work work) {
        try {
            work.run();
        } catch (SQLException | IOException | RuntimeException | Error e) {
            // The first is the reason of those behind it.
            failure.compareAndSet(null, e);
        }
    }

    /** Returns whether nobody has failed. */
    boolean goesOn() {
        return failure.get() == null;
    }

    /**
     * Waits for the other threads. Nothing can be started behind it.
     *
     * @param look done once a second meanwhile
     */
    void await(Work look) {
        threads.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    break;
                }
                if (goesOn()) {
                    join(look);
                }
            } catch (InterruptedException e) {
                interrupted = true;
                failure.compareAndSet(null, new IOException("interrupted while others were at work", e));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Throws what the first who failed has thrown. */
    void rethrow() throws SQLException, IOException {
        Throwable first = failure.get();
        if (first instanceof SQLException sql) {
            throw sql;
        }
        if (first instanceof IOException io) {
            throw io;
        }
        if (first instanceof RuntimeException bug) {
            throw bug;
        }
        if (first instanceof Error bug) {
            throw bug;
        }
    }

    /** Waits for the other threads. */
    @Override
    public void close() {
        await(() -> {});
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "wellhead-backup-copy-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
