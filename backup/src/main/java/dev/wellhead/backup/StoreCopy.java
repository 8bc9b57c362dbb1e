package dev.wellhead.backup;

import dev.wellhead.backup.internal.DamagedException;
import dev.wellhead.backup.internal.Digests;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one backup from one storage to another, byte for byte. For one call of {@link #run}. */
final class StoreCopy {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private final Storage from;
    private final Storage to;
    private final String id;

    StoreCopy(Storage from, Storage to, String id) {
        this.from = from;
        this.to = to;
        this.id = id;
    }

    /** @throws DamagedException if it is not what its manifest says */
    void run() throws IOException {
        byte[] content = from.read(id, Manifest.FILE, Manifest.MAX_BYTES);
        Manifest manifest = Manifest.of(id, content);
        if (isThere(content)) {
            return;
        }
        to.sweep();
        boolean published = false;
        try (Storage.Draft draft = to.begin(id)) {
            for (Manifest.Part part : manifest.parts()) {
                copy(part, draft);
            }
            draft.publish(content);
            published = true;
        } catch (IOException e) {
            if (!published) {
                throw e;
            }
            // It is there and durable; only the lease could not be removed, which the next sweep does.
            LOG.debug("backup {} copied, but not tidied up after", id, e);
        }
    }

    private boolean isThere(byte[] manifest) throws IOException {
        byte[] there;
        try {
            there = to.read(id, Manifest.FILE, Manifest.MAX_BYTES);
        } catch (NoSuchFileException e) {
            return false;
        } catch (DamagedException e) {
            // That of the other store, which says nothing of ours.
            throw new IOException("its manifest is damaged there: " + e.getMessage(), e);
        }
        if (!Arrays.equals(there, manifest)) {
            throw new IOException("there is another backup of this id");
        }
        return true;
    }

    private void copy(Manifest.Part part, Storage.Draft draft) throws IOException {
        MessageDigest digest = Digests.sha256();
        try (InputStream in = open(part);
                OutputStream out = draft.create(part.name())) {
            new DigestInputStream(in, digest).transferTo(out);
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(part.sha256())) {
            throw new DamagedException("part " + part.name() + " does not match its SHA-256 in the manifest");
        }
    }

    private InputStream open(Manifest.Part part) throws IOException {
        try {
            return from.open(id, part.name());
        } catch (NoSuchFileException e) {
            throw new DamagedException("part " + part.name() + " is missing", e);
        }
    }
}
