package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands in Redis under a key: two magic bytes, the version of the frame, flags, when the value was got (Redis time in
 * microseconds, 0 if unknown), its life and grace in milliseconds, its cost in microseconds, its tags, the codec's bytes, and
 * a CRC32C of all that.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
record Frame(Content content, Meta meta, byte[] payload) {
    private static final short MAGIC = 0x5743;
    private static final byte VERSION = 2;
    private static final int HEADER = 45;
    private static final int CREATED_AT = 4;
    private static final long UNKNOWN = -1;
    private static final int CHECKSUM = 4;

    /** What the payload is. */
    enum Content {
        /** The codec's bytes. */
        PLAIN(0),
        /** Nothing: the value is null. */
        NULL(1),
        /** The codec's bytes, compressed. */
        COMPRESSED(2);

        private final byte code;

        Content(int code) {
            this.code = (byte) code;
        }

        static @Nullable Content of(byte code) {
            for (Content content : values()) {
                if (content.code == code) {
                    return content;
                }
            }
            return null;
        }
    }

    byte[] toBytes(long createdMicros) {
        List<byte[]> names =
                meta.tags().names().stream().map(name -> name.getBytes(UTF_8)).toList();
        int tagBytes = names.stream().mapToInt(name -> 1 + name.length).sum();
        ByteBuffer out = ByteBuffer.allocate(HEADER + tagBytes + payload.length + CHECKSUM);
        out.putShort(MAGIC).put(VERSION).put(content.code).putLong(createdMicros);
        out.putLong(TimeUnit.NANOSECONDS.toMillis(meta.lifeNanos()));
        out.putLong(TimeUnit.NANOSECONDS.toMillis(meta.graceNanos()));
        out.putLong(TimeUnit.NANOSECONDS.toMicros(meta.costNanos()));
        out.putLong(meta.tags().asOf()).put((byte) names.size());
        names.forEach(name -> out.put((byte) name.length).put(name));
        out.put(payload);
        return out.putInt(checksum(out.array())).array();
    }

    /**
     * Returns for how long a value is still kept, as far as can be told without reading all of it; below zero if it is past
     * its life or that is not known.
     *
     * @param nowMicros Redis time; 0 if unknown
     */
    static long remainingNanos(byte[] bytes, long nowMicros) {
        if (bytes.length < HEADER + CHECKSUM || nowMicros == 0) {
            return UNKNOWN;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getShort() != MAGIC || in.get() != VERSION) {
            return UNKNOWN;
        }
        long created = in.getLong(CREATED_AT);
        long lifeMicros = TimeUnit.MILLISECONDS.toMicros(in.getLong(CREATED_AT + Long.BYTES));
        long graceMicros = TimeUnit.MILLISECONDS.toMicros(in.getLong(CREATED_AT + 2 * Long.BYTES));
        // Redis' clock may have been set back since.
        long left = lifeMicros - Math.max(0, nowMicros - created);
        return created <= 0 || left <= 0 ? UNKNOWN : TimeUnit.MICROSECONDS.toNanos(left + graceMicros);
    }

    /**
     * Returns empty for bytes that are no frame of this version, or a damaged one.
     *
     * @param table that of the generation in which the bytes were found
     */
    static Optional<Frame> read(byte[] bytes, TagTable table) {
        if (bytes.length < HEADER + CHECKSUM) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, bytes.length - CHECKSUM);
        if (in.getShort() != MAGIC || in.get() != VERSION) {
            return Optional.empty();
        }
        // Content that is not known may change what the payload means.
        Content content = Content.of(in.get());
        if (content == null || ByteBuffer.wrap(bytes).getInt(bytes.length - CHECKSUM) != checksum(bytes)) {
            return Optional.empty();
        }
        in.getLong();
        Meta meta = new Meta(
                TimeUnit.MILLISECONDS.toNanos(in.getLong()),
                TimeUnit.MILLISECONDS.toNanos(in.getLong()),
                TimeUnit.MICROSECONDS.toNanos(in.getLong()),
                readTags(in, table));
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return Optional.of(new Frame(content, meta, payload));
    }

    private static Tags readTags(ByteBuffer in, TagTable table) {
        long asOf = in.getLong();
        int count = in.get();
        if (count == 0) {
            return Tags.NONE;
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] name = new byte[in.get() & 0xff];
            in.get(name);
            names.add(new String(name, UTF_8));
        }
        return new Tags(table, asOf, List.copyOf(names));
    }

    private static int checksum(byte[] framed) {
        CRC32C crc = new CRC32C();
        crc.update(framed, 0, framed.length - CHECKSUM);
        return (int) crc.getValue();
    }
}
