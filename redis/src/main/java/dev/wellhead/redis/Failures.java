package dev.wellhead.redis;

import dev.wellhead.core.Redaction;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sorts what can go wrong by what it means for a caller. */
final class Failures {
    private static final int DEEPEST = 16;

    private Failures() {}

    static RedisUnavailableException of(String client, Throwable error) {
        Throwable cause = unwrap(error);
        if (cause instanceof RedisUnavailableException known) {
            return known;
        }
        ServerError answer = answer(cause);
        if (answer != null) {
            String words = Redaction.printable(String.valueOf(find(cause, RedisCommandExecutionException.class)));
            return new RedisUnavailableException(
                    answer.reason,
                    answer.againstRedis,
                    client + ": " + answer.advice + " (" + said(words) + ")",
                    cause);
        }
        if (cause instanceof RedisCommandTimeoutException || cause instanceof TimeoutException) {
            String what = "no answer within the budget; is Redis overloaded, or the budget too short?";
            return failure(Reason.TIMEOUT, client, what, String.valueOf(cause.getMessage()), cause);
        }
        // Lettuce speaks of lost, refused and never made connections in several types, and cancels what it drops.
        return failure(
                Reason.DISCONNECTED, client, "no connection; reconnecting in the background", innermost(cause), cause);
    }

    /** Returns whether the server said that it is not, or not yet, the master. */
    static boolean isElsewhere(RedisUnavailableException failure) {
        ServerError answer = failure.getCause() == null ? null : answer(failure.getCause());
        return answer == ServerError.READONLY || answer == ServerError.MASTERDOWN || answer == ServerError.CLUSTERDOWN;
    }

    /** Says what the matter is at the bottom of a chain of causes, in the words of whoever knows it best. */
    static String innermost(Throwable error) {
        SSLException tls = find(error, SSLException.class);
        if (tls != null) {
            return "TLS: " + certificate(tls);
        }
        Throwable last = unwrap(error);
        for (int depth = 0; last.getCause() != null && depth < DEEPEST; depth++) {
            last = last.getCause();
        }
        String message = last.getMessage();
        return message == null ? last.getClass().getSimpleName() : message;
    }

    static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        for (Throwable inner = cause.getCause(); isEnvelope(cause) && inner != null; inner = cause.getCause()) {
            cause = inner;
        }
        return cause instanceof CancellationException ? new TimeoutException("given up") : cause;
    }

    private static String certificate(SSLException tls) {
        Throwable last = tls;
        for (int depth = 0; last.getCause() != null && depth < DEEPEST; depth++) {
            if (last instanceof CertificateExpiredException || last instanceof CertificateNotYetValidException) {
                break;
            }
            last = last.getCause();
        }
        String words = String.valueOf(last.getMessage());
        if (last instanceof CertificateExpiredException) {
            return "the server's certificate has expired (" + words + ")";
        }
        if (words.contains("unable to find valid certification path")) {
            return "the server's certificate comes from an authority that is not trusted; give it with tls(...) ("
                    + words + ")";
        }
        if (words.contains("subject alternative") || words.contains("No name matching")) {
            return "the server's certificate is for another host (" + words + ")";
        }
        return words;
    }

    // The exception prints as its type and message; only the latter is Redis' own.
    private static String said(String exception) {
        int words = exception.indexOf(": ");
        return words < 0 ? exception : exception.substring(words + 2);
    }

    private static RedisUnavailableException failure(
            Reason reason, String client, String what, String detail, Throwable cause) {
        return new RedisUnavailableException(
                reason, true, client + ": " + what + " (" + Redaction.printable(detail) + ")", cause);
    }

    /** Returns what Redis answered, in the answer to a call or while the connection was being made; null if nothing. */
    private static @Nullable ServerError answer(Throwable cause) {
        RedisCommandExecutionException answer = find(cause, RedisCommandExecutionException.class);
        if (answer == null) {
            return null;
        }
        ServerError error = ServerError.of(String.valueOf(answer.getMessage()));
        // An error that no call was answered with speaks of the connection: it cannot be made.
        return error == ServerError.OTHER && answer != cause ? null : error;
    }

    private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
        Throwable cause = error;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static boolean isEnvelope(Throwable error) {
        return error instanceof CompletionException || error instanceof ExecutionException;
    }
}
