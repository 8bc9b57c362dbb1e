package dev.wellhead.cache;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

/** Writes and reads values for Redis. What cannot be written or read is counted and told, never thrown. */
final class FarValues<V extends @Nullable Object> {
    private final Codec<@NonNull V> codec;
    private final int maximumBytes;
    private final CacheCounter counter;
    private final Announcer announcer;

    /** A value that was read; a wrapper, since the value may be null. */
    record Decoded<V extends @Nullable Object>(V value) {}

    FarValues(Codec<@NonNull V> codec, int maximumBytes, CacheCounter counter, Announcer announcer) {
        this.codec = codec;
        this.maximumBytes = maximumBytes;
        this.counter = counter;
        this.announcer = announcer;
    }

    // A codec is foreign code: whatever it throws, even unchecked through generics, means that the bytes are no good.
    Optional<byte[]> write(V value, long createdMicros) {
        if (value == null) {
            return Optional.of(new Frame(true, new byte[0]).toBytes(createdMicros));
        }
        byte[] payload;
        try {
            payload = Objects.requireNonNull(codec.encode(value), "codec returned null");
        } catch (Exception | LinkageError e) {
            counter.notStored();
            announcer.notStored(codecThrew(e));
            return Optional.empty();
        }
        if (payload.length > maximumBytes) {
            counter.notStored();
            announcer.notStored(payload.length + " bytes, maximumValueBytes is " + maximumBytes);
            return Optional.empty();
        }
        return Optional.of(new Frame(false, payload).toBytes(createdMicros));
    }

    @SuppressWarnings("NullAway") // A frame that says null was written for a V that may be null.
    Optional<Decoded<V>> read(byte[] bytes) {
        String why = "damaged, or of another format";
        try {
            Optional<Frame> frame = Frame.read(bytes);
            if (frame.isPresent()) {
                return Optional.of(new Decoded<V>(frame.get().isNull() ? null : decode(frame.get())));
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
        return Objects.requireNonNull(codec.decode(frame.payload()), "codec returned null");
    }
}
