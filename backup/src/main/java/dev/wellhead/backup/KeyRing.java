package dev.wellhead.backup;

import dev.wellhead.backup.internal.Keys;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that backups are encrypted with: one for new backups, and those of older ones that are still to be read. A key is
 * 32 random bytes, which nobody can make again: kept apart from the backups, and where the restorer finds it when all else is
 * gone. Immutable and thread-safe; shows no key.
 */
public final class KeyRing {
    private static final int KEY_BYTES = 32;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Map<String, byte[]> keys;
    private final String active;

    private KeyRing(Map<String, byte[]> keys, String active) {
        this.keys = keys;
        this.active = active;
    }

    /**
     * Returns a ring of one key, for new backups.
     *
     * @param name is written beside what the key encrypts, so that it is found again: up to 64 letters, digits, dots, dashes
     *     and underscores
     * @param key 32 bytes, copied
     * @throws IllegalArgumentException if name or key are of another form
     */
    public static KeyRing of(String name, byte[] key) {
        return new KeyRing(Map.of(), name).and(name, key);
    }

    /**
     * Returns the same ring with one more key, for backups that were encrypted with it.
     *
     * @throws IllegalArgumentException if name or key are of another form than {@link #of} says, or the name is taken
     */
    public KeyRing and(String name, byte[] key) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name of a key must be up to 64 letters, digits, '.', '-' and '_', was '" + name + "'");
        }
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("key '" + name + "' must have 32 bytes, has " + key.length
                    + "; take them from a generator of random bytes, not from a password");
        }
        Map<String, byte[]> all = new LinkedHashMap<>(keys);
        if (all.put(name, key.clone()) != null) {
            throw new IllegalArgumentException("there are two keys '" + name + "'; give each another name");
        }
        return new KeyRing(all, active);
    }

    Keys keys() {
        return new Keys() {
            @Override
            public String active() {
                return active;
            }

            @Override
            public byte @Nullable [] key(String name) {
                return keys.get(name);
            }
        };
    }

    /** Names the keys. */
    @Override
    public String toString() {
        return "KeyRing" + keys.keySet();
    }
}
