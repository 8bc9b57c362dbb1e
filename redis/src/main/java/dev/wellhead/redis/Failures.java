package dev.wellhead.redis;

import dev.wellhead.core.Redaction;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Sorts what can go wrong by what it means for a caller. */
final class Failures {
    // Error codes of Redis that say "not now" rather than "not this".
    private static final Set<String> NOT_NOW = Set.of(
            "LOADING",
            "READONLY",
            "OOM",
            "MASTERDOWN",
            "CLUSTERDOWN",
            "TRYAGAIN",
            "MISCONF",
            "BUSY",
            "NOREPLICAS",
            "NOAUTH",
            "WRONGPASS",
            "NOPERM",
            "ERR max number of clients reached");

    private Failures() {}

    static Reason reason(Throwable error) {
        if (error instanceof RedisCommandTimeoutException || error instanceof TimeoutException) {
            return Reason.TIMEOUT;
        }
        if (error instanceof RedisLoadingException
                || error instanceof RedisReadOnlyException
                || error instanceof RedisBusyException) {
            return Reason.REFUSED;
        }
        if (error instanceof RedisCommandExecutionException) {
            String message = String.valueOf(error.getMessage());
            return NOT_NOW.stream().anyMatch(message::startsWith) ? Reason.REFUSED : Reason.FAILED;
        }
        // Lettuce speaks of lost, refused and never made connections in several types, and cancels what it drops.
        return Reason.DISCONNECTED;
    }

    static RedisUnavailableException of(String client, Throwable error) {
        Throwable cause = unwrap(error);
        if (cause instanceof RedisUnavailableException known) {
            return known;
        }
        Reason reason = reason(cause);
        String what = switch (reason) {
            case TIMEOUT -> "no answer within the budget; is Redis overloaded, or the budget too short?";
            case DISCONNECTED -> "no connection; reconnecting in the background";
            case REFUSED -> "Redis cannot serve now";
            case FAILED -> "Redis answered with an error";
            case BREAKER_OPEN -> throw new AssertionError(cause);
        };
        return new RedisUnavailableException(
                reason,
                client + ": " + what + " (" + Redaction.printable(String.valueOf(cause.getMessage())) + ")",
                cause);
    }

    static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        for (Throwable inner = cause.getCause(); isEnvelope(cause) && inner != null; inner = cause.getCause()) {
            cause = inner;
        }
        return cause instanceof CancellationException ? new TimeoutException("given up") : cause;
    }

    private static boolean isEnvelope(Throwable error) {
        return error instanceof CompletionException || error instanceof ExecutionException;
    }
}
