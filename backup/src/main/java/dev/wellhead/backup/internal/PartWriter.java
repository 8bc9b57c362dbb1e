package dev.wellhead.backup.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Writes one part: compressed, counted and hashed on its way into the store. For one thread. */
public final class PartWriter extends OutputStream {
    private final String name;
    private final OutputStream target;
    private final MessageDigest digest = Digests.sha256();
    private final Counting stored;
    private final OutputStream packed;
    private long rawBytes;

    private PartWriter(String name, Codec codec, OutputStream target) throws IOException {
        this.name = name;
        this.target = target;
        this.stored = new Counting(new DigestOutputStream(target, digest));
        this.packed = codec.packing(stored);
    }

    /**
     * Begins a part of this backup, packed as well as this JVM can.
     *
     * @param name without the end that says how it is packed
     */
    public static PartWriter create(Storage.Draft draft, String name) throws IOException {
        return create(draft, name, Codec.best());
    }

    /** Begins a part of this backup, packed in this way. */
    public static PartWriter create(Storage.Draft draft, String name, Codec codec) throws IOException {
        String full = name + codec.suffix();
        OutputStream target = draft.create(full);
        try {
            return new PartWriter(full, codec, target);
        } catch (IOException e) {
            try (target) {
                throw e;
            }
        }
    }

    @Override
    public void write(int b) throws IOException {
        packed.write(b);
        rawBytes++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        packed.write(bytes, offset, length);
        rawBytes += length;
    }

    /** Ends the part, makes it durable and says what it is. */
    public Manifest.Part finish() throws IOException {
        packed.close();
        return new Manifest.Part(name, stored.count, rawBytes, HexFormat.of().formatHex(digest.digest()));
    }

    /** Gives up what {@link #finish} has not ended; afterwards it does nothing. */
    @Override
    public void close() throws IOException {
        target.close();
    }

    private static final class Counting extends OutputStream {
        private final OutputStream out;
        private long count;

        Counting(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
