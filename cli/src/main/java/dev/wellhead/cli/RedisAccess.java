package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.core.Redaction;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reaches the Redis of the options, for a moment. */
final class RedisAccess {
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final RedisURI uri;
    private final String text;
    private final boolean hasPassword;

    private RedisAccess(RedisURI uri, String text, boolean hasPassword) {
        this.uri = uri;
        this.text = text;
        this.hasPassword = hasPassword;
    }

    /**
     * Returns the way to the Redis of the options; null if they name none.
     *
     * @throws CliException if the URL is none, or carries a password
     */
    static @Nullable RedisAccess of(Session session, RedisOptions options) {
        String url = options.redis;
        if (url == null || url.isEmpty()) {
            return null;
        }
        String source =
                url.equals(session.settings().get("redis")) ? session.settings().source("redis") : "--redis";
        ShownSecrets.refuseInUrl(source, url);
        RedisURI uri;
        try {
            uri = RedisURI.create(url);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    Kind.CONFIGURATION,
                    source + " must be as redis://host:6379 or rediss://host:6380, was '" + Redaction.url(url) + "'",
                    e);
        }
        String password = options.passwordFile == null
                ? session.settings().get("redis-password")
                : PrivateFile.read(session.path(options.passwordFile), "holds a password");
        if (password != null) {
            uri.setCredentialsProvider(new StaticCredentialsProvider(options.user, password.toCharArray()));
        }
        return new RedisAccess(uri, url, password != null);
    }

    /** Returns the URL, which carries no password. */
    String url() {
        return text;
    }

    String host() {
        return uri.getHost() == null ? "" : uri.getHost();
    }

    boolean isTls() {
        return uri.isSsl();
    }

    boolean hasPassword() {
        return hasPassword;
    }

    /** Returns it for people. */
    String label() {
        return "Redis at " + Redaction.url(text).replaceFirst("^rediss?(-[a-z]+)*://", "");
    }

    /**
     * Asks Redis something, over a connection of its own.
     *
     * @param patience of connecting and of each answer
     * @throws io.lettuce.core.RedisException if it cannot be reached or does not answer
     */
    <T> T ask(Duration patience, Function<RedisCommands<String, String>, T> question) {
        uri.setTimeout(patience);
        RedisClient client = RedisClient.create(uri);
        try {
            client.setOptions(ClientOptions.builder()
                    .autoReconnect(false)
                    .socketOptions(
                            SocketOptions.builder().connectTimeout(patience).build())
                    .build());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                return question.apply(connection.sync());
            }
        } finally {
            client.shutdown(Duration.ZERO, CLOSING);
        }
    }

    /** Returns why Redis could not be asked, in one line: the words of whoever knows it best. */
    static String words(Throwable error) {
        Throwable last = error;
        while (last.getCause() != null && last.getCause() != last) {
            last = last.getCause();
        }
        String message = last.getMessage();
        return Redaction.url(
                message == null ? last.getClass().getSimpleName() : message.replaceAll("\\s*[\\r\\n]+\\s*", ", "));
    }

    /** Returns the address without anything secret. */
    @Override
    public String toString() {
        return label();
    }
}
