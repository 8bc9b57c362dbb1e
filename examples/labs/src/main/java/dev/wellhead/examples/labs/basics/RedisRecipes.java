package dev.wellhead.examples.labs.basics;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Three things that services keep in Redis: codes that end, counters, and a queue of jobs. What the learner of {@code
 * redis-basics} mends. Several processes use them at the same time, each of which may die at any moment; the commands
 * are those of the caller's own connection.
 */
public interface RedisRecipes {
    /** How long a code is good. */
    Duration CODE_LIFETIME = Duration.ofMinutes(5);

    /** Keeps the code that a user has to type in, for {@link #CODE_LIFETIME}; a new one takes the old one's place. */
    void storeCode(RedisCommands<String, String> redis, String user, String code);

    /** Returns a user's code, null if there is none or its time is over. */
    @Nullable String code(RedisCommands<String, String> redis, String user);

    /** Counts a visit of a page and returns how many that makes. */
    long countVisit(RedisCommands<String, String> redis, String page);

    /** Puts a job at the end of the queue. */
    void submit(RedisCommands<String, String> redis, String job);

    /**
     * Takes the oldest job for a worker; waits a second at most. Until the worker says {@link #done} the job is not
     * lost, even if the worker dies at any point of this.
     *
     * @return null if there is none
     */
    @Nullable String take(RedisCommands<String, String> redis, String worker);

    /** The worker has done the job: it will not come again. */
    void done(RedisCommands<String, String> redis, String worker, String job);

    /**
     * Puts the jobs that a dead worker had taken and not done back into the queue. Whoever does so may die over it, and
     * another one does it again: a job may then come twice, but is not lost.
     */
    void recover(RedisCommands<String, String> redis, String worker);
}
