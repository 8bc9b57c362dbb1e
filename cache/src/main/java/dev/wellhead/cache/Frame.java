package dev.wellhead.cache;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What stands in Redis under a key: two magic bytes, the version of the frame, flags, when the value was got (Redis time
 * in microseconds, 0 if unknown), the codec's bytes, and a CRC32C of all that.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
record Frame(boolean isNull, byte[] payload) {
    static final int OVERHEAD = 16;

    private static final short MAGIC = 0x5743;
    private static final byte VERSION = 1;
    private static final byte NULL = 1;
    private static final int HEADER = 12;

    byte[] toBytes(long createdMicros) {
        ByteBuffer out = ByteBuffer.allocate(OVERHEAD + payload.length);
        out.putShort(MAGIC).put(VERSION).put(isNull ? NULL : 0).putLong(createdMicros);
        out.put(payload);
        return out.putInt(checksum(out.array())).array();
    }

    /** Returns empty for bytes that are no frame of this version, or a damaged one. */
    static Optional<Frame> read(byte[] bytes) {
        if (bytes.length < OVERHEAD) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getShort() != MAGIC || in.get() != VERSION) {
            return Optional.empty();
        }
        byte flags = in.get();
        // A flag that is not known may change what the payload means.
        if ((flags & ~NULL) != 0 || in.getInt(bytes.length - 4) != checksum(bytes)) {
            return Optional.empty();
        }
        byte[] payload = new byte[bytes.length - OVERHEAD];
        in.get(HEADER, payload);
        return Optional.of(new Frame(flags == NULL, payload));
    }

    private static int checksum(byte[] framed) {
        CRC32C crc = new CRC32C();
        crc.update(framed, 0, framed.length - 4);
        return (int) crc.getValue();
    }
}
