package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Names in Redis: {@code wh:cache1:<what>:{<cache>:<schema>:<generation>:<key>}}, where 1 is the version of the protocol.
 * Value, lease and fence of a key differ only before the braces, so they share a slot of a cluster; leases and fences have
 * prefixes of their own, so that whoever watches values does not hear of them.
 */
final class FarKeys {
    private static final String PROTOCOL = "wh:cache1:";
    private static final Names NONE = new Names("", new byte[0], new byte[0], new byte[0]);

    private final String cache;
    private final int schema;
    // What names of the last generation asked for begin with: made once for each, since every read needs it.
    private volatile Names names = NONE;

    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    private record Names(String generation, byte[] value, byte[] lease, byte[] fence) {}

    FarKeys(String cache, int schema) {
        this.cache = cache;
        this.schema = schema;
    }

    List<byte[]> all(String generation, EncodedKey key) {
        return List.of(value(generation, key), lease(generation, key), fence(generation, key));
    }

    byte[] value(String generation, EncodedKey key) {
        return named(names(generation).value(), key);
    }

    byte[] lease(String generation, EncodedKey key) {
        return named(names(generation).lease(), key);
    }

    byte[] fence(String generation, EncodedKey key) {
        return named(names(generation).fence(), key);
    }

    /** Returns what the names of all values begin with. */
    String valuePrefix() {
        return PROTOCOL + "v:{" + cache + ":" + schema + ":";
    }

    /** Returns the key whose value has this name in some generation; empty if it is no such name. */
    Optional<EncodedKey> keyOf(byte[] name) {
        // The name of a generation has no colon.
        int from = valuePrefix().getBytes(UTF_8).length;
        while (from < name.length && name[from] != ':') {
            from++;
        }
        return from + 1 < name.length
                ? Optional.of(new EncodedKey(Arrays.copyOfRange(name, from + 1, name.length - 1)))
                : Optional.empty();
    }

    private Names names(String generation) {
        Names known = names;
        if (!known.generation().equals(generation)) {
            known = new Names(generation, start("v", generation), start("l", generation), start("f", generation));
            names = known;
        }
        return known;
    }

    byte[] generation() {
        return shared("g");
    }

    /** The generation, the tags' clock, and the tags that were invalidated: in one slot. */
    List<byte[]> generationAndTags() {
        return List.of(generation(), shared("c"), shared("t"));
    }

    String channel() {
        return new String(shared("m"), UTF_8);
    }

    private byte[] shared(String what) {
        return (PROTOCOL + what + ":{" + cache + ":" + schema + "}").getBytes(UTF_8);
    }

    private byte[] start(String what, String generation) {
        return (PROTOCOL + what + ":{" + cache + ":" + schema + ":" + generation + ":").getBytes(UTF_8);
    }

    private static byte[] named(byte[] start, EncodedKey key) {
        byte[] name = Arrays.copyOf(start, start.length + key.bytes().length + 1);
        System.arraycopy(key.bytes(), 0, name, start.length, key.bytes().length);
        name[name.length - 1] = '}';
        return name;
    }
}
