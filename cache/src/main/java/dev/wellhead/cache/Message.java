package dev.wellhead.cache;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What nodes tell each other over the channel of their cache: version, kind, the sender's random number, and the bytes of
 * the key, if it is about one.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
record Message(Kind kind, long origin, byte[] key) {
    private static final byte VERSION = 1;
    private static final int HEADER = 10;

    enum Kind {
        /** The value is not what it was: forget it. */
        INVALIDATE('I'),
        /** A lease that somebody waits for is free. */
        FREED('F'),
        /**
         * A tag was invalidated. In place of a key: the generation, after its length; the tag, after its length; its
         * version in digits.
         */
        TAG('T'),
        /** The generation has changed: ask for it. */
        GENERATION('G'),
        /** The channel works. */
        PULSE('P');

        private final byte code;

        Kind(char code) {
            this.code = (byte) code;
        }
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(HEADER + key.length)
                .put(VERSION)
                .put(kind.code)
                .putLong(origin)
                .put(key)
                .array();
    }

    /** Returns empty for anything that nodes of this version do not send. */
    static Optional<Message> read(byte[] bytes) {
        if (bytes.length < HEADER || bytes[0] != VERSION) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
        for (Kind kind : Kind.values()) {
            if (kind.code == bytes[1]) {
                long origin = in.getLong();
                byte[] key = new byte[in.remaining()];
                in.get(key);
                return Optional.of(new Message(kind, origin, key));
            }
        }
        return Optional.empty();
    }
}
