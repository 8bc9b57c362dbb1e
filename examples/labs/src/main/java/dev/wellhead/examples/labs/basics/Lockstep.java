package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Await;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Two callers of Redis that take turns: neither sends its next command before the other one has had as many answers,
 * or has ended. What one reads, and then writes, the other one has read before that.
 */
final class Lockstep {
    // A caller that waits for the other one without asking Redis is let go on.
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final AtomicIntegerArray answered = new AtomicIntegerArray(2);
    private volatile boolean over;

    /** Returns the commands of one of them, 0 or 1. */
    RedisCommands<String, String> of(int caller, RedisCommands<String, String> commands) {
        return WatchedCommands.of(commands, command -> {
            answered.set(caller, command - 1);
            if (!Await.until(PATIENCE, () -> over || answered.get(1 - caller) >= command - 1)) {
                over = true;
            }
        });
    }

    /** One of them has ended: the other one goes on alone. */
    void ended() {
        over = true;
    }
}
