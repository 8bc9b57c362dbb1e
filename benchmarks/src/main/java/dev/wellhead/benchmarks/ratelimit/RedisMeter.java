package dev.wellhead.benchmarks.ratelimit;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads what a Redis says of itself, over a connection of its own. For one thread. */
final class RedisMeter implements AutoCloseable {
    // Sections of INFO.
    private static final int COMMANDS_PER_READING = 2;

    private final RedisClient client;
    private final RedisCommands<String, String> commands;

    RedisMeter(String redis) {
        client = RedisClient.create(redis);
        commands = client.connect().sync();
    }

    /**
     * What Redis has been asked since it started.
     *
     * @param scripts runs of scripts by clients
     * @param commands all commands, also those within scripts
     */
    record Work(long scripts, long commands) {
        /** Returns what it was asked since, not counting that it was asked for this. */
        Work since(Work earlier) {
            return new Work(scripts - earlier.scripts, commands - earlier.commands - COMMANDS_PER_READING);
        }
    }

    /** Reads it. */
    Work work() {
        Map<String, String> calls = properties("commandstats");
        long scripts = 0;
        for (String script : new String[] {"cmdstat_eval", "cmdstat_evalsha"}) {
            String stats = calls.getOrDefault(script, "calls=0,");
            scripts += Long.parseLong(stats.substring("calls=".length(), stats.indexOf(',')));
        }
        return new Work(scripts, Long.parseLong(properties("stats").getOrDefault("total_commands_processed", "0")));
    }

    /** Returns the bytes that Redis has allocated. */
    long usedMemory() {
        return Long.parseLong(properties("memory").getOrDefault("used_memory", "0"));
    }

    private Map<String, String> properties(String section) {
        return commands.info(section)
                .lines()
                .filter(line -> line.indexOf(':') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')), line -> line.substring(line.indexOf(':') + 1)));
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
