package dev.wellhead.benchmarks.cache;

import dev.wellhead.benchmarks.program.Parking;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.concurrent.TimeUnit;

/**
 * Lets processes of one machine begin at the same moment. Relies on {@link System#nanoTime} being one clock for all of them,
 * as it is on Linux. For one thread.
 */
final class Gate implements AutoCloseable {
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(30);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final RedisClient client;
    private final RedisCommands<String, String> commands;
    private final int parties;
    private int passed;

    Gate(String redis, int parties) {
        client = RedisClient.create(redis);
        commands = client.connect().sync();
        this.parties = parties;
    }

    /** Waits until all are here and returns the moment to begin, a little ahead. */
    long next() {
        passed++;
        String start = "gate:start:" + passed;
        if (commands.incr("gate:arrived:" + passed) == parties) {
            commands.set(start, Long.toString(System.nanoTime() + LEAD_NANOS));
        }
        String moment = commands.get(start);
        while (moment == null) {
            Parking.nanos(POLL_NANOS);
            moment = commands.get(start);
        }
        return Long.parseLong(moment);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
