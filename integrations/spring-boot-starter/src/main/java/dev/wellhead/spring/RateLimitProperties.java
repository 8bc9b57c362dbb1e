package dev.wellhead.spring;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the limiter is told, and the limits.
 *
 * @param enabled Whether there is a limiter.
 * @param inMemory Whether it decides in this process alone though there is Redis.
 * @param namespace What its keys in Redis begin with.
 * @param onFailure What limits without a policy of their own do while Redis is away.
 * @param localShare Share of a limit that this process gives while Redis is away, for on-failure local.
 * @param denialMaxAge For how long what Redis told may prove a denial.
 * @param maxKeys How many buckets this process remembers.
 * @param limits The limits by name; each is a bean of type Limit.
 */
@ConfigurationProperties("wellhead.ratelimit")
record RateLimitProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("false") boolean inMemory,
        @Nullable String namespace,
        @DefaultValue("local") OnFailure onFailure,
        @DefaultValue("0.5") double localShare,
        @Nullable Duration denialMaxAge,
        @Nullable Integer maxKeys,
        @DefaultValue Map<String, LimitSettings> limits) {

    /**
     * One limit.
     *
     * @param algorithm How it counts.
     * @param permits How many there are. Required.
     * @param per The time in which they come back. Required.
     * @param burst How many can be taken at once, for a token bucket; as many as permits where it is not set.
     * @param queue How many may wait, for a leaky queue.
     * @param lease For how long this process may keep permits that it took ahead, for a token bucket; none are where it is not set.
     * @param onFailure What it does while Redis is away; as the limiter where it is not set.
     * @param localShare Share of it that this process gives while Redis is away.
     */
    record LimitSettings(
            @DefaultValue("token-bucket") Algorithm algorithm,
            @Nullable Long permits,
            @Nullable Duration per,
            @Nullable Long burst,
            @Nullable Long queue,
            @Nullable Duration lease,
            @Nullable OnFailure onFailure,
            @Nullable Double localShare) {}

    /** How a limit counts. */
    enum Algorithm {
        /** Permits flow back evenly. */
        TOKEN_BUCKET,
        /** Counts anew with each window of the clock. */
        FIXED_WINDOW,
        /** A window that slides, counted by two numbers. */
        SLIDING_COUNTER,
        /** A window that slides, exactly. */
        SLIDING_LOG,
        /** A queue that is served at an even pace. */
        LEAKY
    }

    /** What a limit does while Redis is away. */
    enum OnFailure {
        /** Lets every call pass. */
        OPEN,
        /** Lets no call pass. */
        CLOSED,
        /** Gives a share of the limit in this process. */
        LOCAL
    }
}
