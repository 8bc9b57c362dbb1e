package dev.wellhead.redis;

import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Lua script that Redis runs atomically. It is sent by its SHA-1, which is computed here, and in full only to a server
 * that does not know it. Immutable and thread-safe: keep it in a constant.
 *
 * @param <T> what it returns
 */
// The parameter is for the caller of Redis.run, who gets what the output type decides.
@SuppressWarnings("UnusedTypeParameter")
public final class RedisScript<T extends @Nullable Object> {
    private final String source;
    private final String sha;
    private final ScriptOutputType output;

    private RedisScript(String source, ScriptOutputType output) {
        this.source = source;
        this.sha = sha1(source);
        this.output = output;
    }

    /** Returns a script that returns an integer. */
    public static RedisScript<Long> ofInteger(String lua) {
        return new RedisScript<>(lua, ScriptOutputType.INTEGER);
    }

    /** Returns a script that returns an array of integers ({@code Long}), strings ({@code byte[]}) and nils ({@code null}). */
    public static RedisScript<List<@Nullable Object>> ofList(String lua) {
        return new RedisScript<>(lua, ScriptOutputType.MULTI);
    }

    /** Returns a script that returns a string, or nil, which arrives as null. */
    public static RedisScript<byte @Nullable []> ofBytes(String lua) {
        return new RedisScript<>(lua, ScriptOutputType.VALUE);
    }

    String source() {
        return source;
    }

    String sha() {
        return sha;
    }

    ScriptOutputType output() {
        return output;
    }

    private static String sha1(String source) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-1", e);
        }
    }
}
