package dev.wellhead.cache;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

/** Writes and reads values for Redis. What cannot be written or read is counted and told, never thrown. */
final class FarValues<V extends @Nullable Object> {
    private final Codec<@NonNull V> codec;
    private final int maximumBytes;
    private final Compression compression;
    private final CacheCounter counter;
    private final Announcer announcer;

    /** A value that was read, and what is known of it. */
    record Decoded<V extends @Nullable Object>(V value, Meta meta) {}

    FarValues(
            Codec<@NonNull V> codec,
            int maximumBytes,
            Compression compression,
            CacheCounter counter,
            Announcer announcer) {
        this.codec = codec;
        this.maximumBytes = maximumBytes;
        this.compression = compression;
        this.counter = counter;
        this.announcer = announcer;
    }

    // A codec is foreign code: whatever it throws, even unchecked through generics, means that the bytes are no good.
    Optional<byte[]> write(V value, Meta meta, long createdMicros) {
        if (value == null) {
            return Optional.of(new Frame(Frame.Content.NULL, meta, new byte[0]).toBytes(createdMicros));
        }
        byte[] encoded;
        try {
            encoded = Objects.requireNonNull(codec.encode(value), "codec returned null");
        } catch (Exception | LinkageError e) {
            counter.notStored();
            announcer.notStored(codecThrew(e));
            return Optional.empty();
        }
        if (encoded.length > maximumBytes) {
            counter.notStored();
            announcer.notStored(encoded.length + " bytes, maximumValueBytes is " + maximumBytes);
            return Optional.empty();
        }
        Optional<byte[]> compressed = compression.compress(encoded);
        Frame frame = compressed.isPresent()
                ? new Frame(Frame.Content.COMPRESSED, meta, compressed.get())
                : new Frame(Frame.Content.PLAIN, meta, encoded);
        return Optional.of(frame.toBytes(createdMicros));
    }

    @SuppressWarnings("NullAway") // A frame that says null was written for a V that may be null.
    Optional<Decoded<V>> read(FarReply.Hit hit) {
        String why = "damaged, or of another format";
        try {
            Optional<Frame> frame = Frame.read(hit.frame(), hit.generation().tags());
            if (frame.isPresent()) {
                V value = frame.get().content() == Frame.Content.NULL ? null : decode(frame.get());
                return Optional.of(new Decoded<V>(value, frame.get().meta()));
            }
        } catch (Exception | LinkageError e) {
            why = codecThrew(e);
        }
        counter.unreadable();
        announcer.unreadable(why);
        return Optional.empty();
    }

    private static String codecThrew(Throwable error) {
        return "the codec threw " + error.getClass().getName();
    }

    private @NonNull V decode(Frame frame) {
        byte[] encoded =
                frame.content() == Frame.Content.COMPRESSED ? compression.expand(frame.payload()) : frame.payload();
        return Objects.requireNonNull(codec.decode(encoded), "codec returned null");
    }
}
