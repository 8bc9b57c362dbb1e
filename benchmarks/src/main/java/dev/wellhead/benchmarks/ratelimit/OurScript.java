package dev.wellhead.benchmarks.ratelimit;

import dev.wellhead.ratelimit.Ask;
import dev.wellhead.redis.RedisScript;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * What our limiter sends to Redis for one call of its own, taken out of its package where nobody else can get at it, so
 * that the floor cannot differ from what it is the floor of. Immutable.
 */
final class OurScript {
    private static final String PACKAGE = "dev.wellhead.ratelimit.";
    private static final String DEFAULT_PREFIX = "rl:";

    private final String sha;
    private final String source;
    private final Object combined;
    private final MethodHandle arguments;
    private final MethodHandle run;
    private final MethodHandle charges;
    private final MethodHandle id;

    private OurScript() throws Throwable {
        Class<?> type = Class.forName(PACKAGE + "CombinedScript");
        Class<?> runType = Class.forName(PACKAGE + "CombinedScript$Run");
        Class<?> charge = Class.forName(PACKAGE + "Ask$Charge");
        Lookup limiter = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        Lookup client = MethodHandles.privateLookupIn(RedisScript.class, MethodHandles.lookup());
        combined =
                limiter.findConstructor(type, MethodType.methodType(void.class)).invoke();
        arguments = limiter.findVirtual(type, "arguments", MethodType.methodType(List.class, List.class, long.class));
        run = limiter.findConstructor(runType, MethodType.methodType(void.class, charge, int.class, boolean.class));
        charges = limiter.findVirtual(Ask.class, "charges", MethodType.methodType(List.class));
        id = limiter.findVirtual(charge, "id", MethodType.methodType(String.class));
        Object script = limiter.findVirtual(type, "script", MethodType.methodType(RedisScript.class))
                .invoke(combined);
        MethodType text = MethodType.methodType(String.class);
        sha = text(client.findVirtual(RedisScript.class, "sha", text).invoke(script));
        source = text(client.findVirtual(RedisScript.class, "source", text).invoke(script));
    }

    private static String text(Object text) {
        return (String) Objects.requireNonNull(text);
    }

    /** Returns the script for calls that name one limit. */
    static OurScript combined() {
        try {
            return new OurScript();
        } catch (Throwable e) {
            throw changed(e);
        }
    }

    /** Returns its SHA-1 in hexadecimal digits. */
    String sha() {
        return sha;
    }

    String source() {
        return source;
    }

    /** Returns the key of an ask that names one limit. */
    byte[] key(Ask ask) {
        try {
            return (DEFAULT_PREFIX + text(id.invoke(charge(ask)))).getBytes(StandardCharsets.US_ASCII);
        } catch (Throwable e) {
            throw changed(e);
        }
    }

    /** Returns the arguments for one call; the first is the moment until which its answer is awaited. */
    byte[][] arguments(Ask ask, long notAfterMicros) {
        try {
            List<?> runs = List.of(run.invoke(charge(ask), 1, false));
            List<?> bytes = (List<?>) arguments.invoke(combined, List.of(runs), notAfterMicros);
            return bytes.toArray(byte[][]::new);
        } catch (Throwable e) {
            throw changed(e);
        }
    }

    private Object charge(Ask ask) throws Throwable {
        return Objects.requireNonNull(((List<?>) charges.invoke(ask)).get(0));
    }

    private static IllegalStateException changed(Throwable cause) {
        return new IllegalStateException("our limiter has changed inside; let the floor follow", cause);
    }
}
