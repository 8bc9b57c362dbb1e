package dev.wellhead.backup.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Reads one part back, and ends only if every stored byte was what the manifest says: whoever has read it to its end has
 * read the truth. For one thread.
 */
public final class PartReader extends InputStream {
    private final Manifest.Part part;
    private final Codec codec;
    private final MessageDigest digest = Digests.sha256();
    private final InputStream stored;
    private final InputStream unpacked;
    private long rawBytes;
    private boolean ended;

    private PartReader(Manifest.Part part, Codec codec, InputStream source) throws IOException {
        this.part = part;
        this.codec = codec;
        this.stored = new DigestInputStream(source, digest);
        this.unpacked = codec.unpacking(stored);
    }

    /**
     * Opens a part of this backup.
     *
     * @throws DamagedException if it is missing, or does not even begin as it should
     */
    public static PartReader open(Storage storage, String id, Manifest.Part part) throws IOException {
        Codec codec = Codec.of(part.name());
        InputStream source;
        try {
            source = storage.open(id, part.name());
        } catch (NoSuchFileException e) {
            throw new DamagedException("part " + part.name() + " is missing", e);
        }
        try {
            return new PartReader(part, codec, source);
        } catch (IOException e) {
            try (source) {
                throw codec.isDamage(e) ? damaged(part, e) : e;
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        try {
            int count = unpacked.read(bytes, offset, length);
            if (count < 0) {
                end();
                return -1;
            }
            rawBytes += count;
            if (rawBytes > part.rawBytes()) {
                // Stops here rather than fill the disk with what a forged part unpacks to.
                throw new DamagedException("part " + part.name() + " unpacks to more than the manifest says");
            }
            return count;
        } catch (IOException e) {
            throw codec.isDamage(e) ? damaged(part, e) : e;
        }
    }

    @Override
    public void close() throws IOException {
        unpacked.close();
    }

    private void end() throws IOException {
        stored.transferTo(OutputStream.nullOutputStream());
        ended = true;
        if (rawBytes != part.rawBytes()
                || !HexFormat.of().formatHex(digest.digest()).equals(part.sha256())) {
            throw new DamagedException("part " + part.name() + " does not match its SHA-256 in the manifest");
        }
    }

    private static DamagedException damaged(Manifest.Part part, IOException e) {
        return new DamagedException("part " + part.name() + " cannot be unpacked: " + e.getMessage(), e);
    }
}
