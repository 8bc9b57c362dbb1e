package dev.wellhead.backup.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads one part back, and ends only if every stored byte was what the manifest says: whoever has read it to its end has
 * read the truth. For one thread.
 */
public final class PartReader extends InputStream {
    private static final int BUFFER = 64 * 1024;

    private final Manifest.Part part;
    private final MessageDigest digest = Digests.sha256();
    private final InputStream stored;
    private final InputStream unpacked;
    private long rawBytes;
    private boolean ended;

    private PartReader(Manifest.Part part, InputStream source) throws IOException {
        this.part = part;
        this.stored = new DigestInputStream(source, digest);
        this.unpacked = new GZIPInputStream(stored, BUFFER);
    }

    /**
     * Opens a part of this backup.
     *
     * @throws DamagedException if it is missing, or does not even begin as it should
     */
    public static PartReader open(Storage storage, String id, Manifest.Part part) throws IOException {
        InputStream source;
        try {
            source = storage.open(id, part.name());
        } catch (NoSuchFileException e) {
            throw new DamagedException("part " + part.name() + " is missing", e);
        }
        try {
            return new PartReader(part, source);
        } catch (ZipException | EOFException e) {
            try (source) {
                throw damaged(part, e);
            }
        } catch (IOException e) {
            try (source) {
                throw e;
            }
        }
    }

    /**
     * Reads every part of the backup to its end.
     *
     * @throws DamagedException if one is not what the manifest says
     */
    public static void checkAll(Storage storage, Manifest manifest) throws IOException {
        for (Manifest.Part part : manifest.parts()) {
            try (PartReader reader = open(storage, manifest.id(), part)) {
                reader.transferTo(OutputStream.nullOutputStream());
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
        } catch (ZipException | EOFException e) {
            throw damaged(part, e);
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
