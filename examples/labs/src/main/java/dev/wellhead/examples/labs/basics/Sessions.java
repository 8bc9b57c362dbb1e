package dev.wellhead.examples.labs.basics;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who is logged in. What the learner of {@code redis-session} mends. Several processes serve the same users, so each
 * call may come in another one; the commands are those of the caller's own connection.
 */
public interface Sessions {
    /** How long a session lasts without being used. */
    Duration LIFETIME = Duration.ofMinutes(30);

    /** Begins a session that lasts {@link #LIFETIME}; returns its id, which nobody can guess. */
    String login(RedisCommands<String, String> redis, String user);

    /**
     * Returns whose session it is, and lets it last {@link #LIFETIME} from now on.
     *
     * @return null if there is none, its time is over, or it was ended
     */
    @Nullable String user(RedisCommands<String, String> redis, String id);

    /** Ends a session at once, for all processes. */
    void logout(RedisCommands<String, String> redis, String id);
}
