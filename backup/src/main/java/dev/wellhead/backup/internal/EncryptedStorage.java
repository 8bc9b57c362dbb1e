package dev.wellhead.backup.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Encrypts every file of a backup, the manifest among them, before it goes to another storage. What that storage can see are
 * ids, and so when backups were made, names of files, and their lengths.
 */
public final class EncryptedStorage implements Storage {
    // What encryption adds to a small file, and more.
    private static final int MARGIN = 1 << 16;

    private final Storage storage;
    private final Keys keys;

    /** Encrypts for this storage. */
    public EncryptedStorage(Storage storage, Keys keys) {
        this.storage = storage;
        this.keys = keys;
    }

    @Override
    public Draft begin(String id) throws IOException {
        Draft draft = storage.begin(id);
        return new Draft() {
            @Override
            public OutputStream create(String part) throws IOException {
                OutputStream to = draft.create(part);
                try {
                    return ChunkCipher.encrypting(keys, id, part, to);
                } catch (IOException e) {
                    try (to) {
                        throw e;
                    }
                }
            }

            @Override
            public void publish(byte[] manifest) throws IOException {
                draft.publish(encrypted(id, Manifest.FILE, manifest));
            }

            @Override
            public void close() throws IOException {
                draft.close();
            }
        };
    }

    @Override
    public List<String> ids() throws IOException {
        return storage.ids();
    }

    @Override
    public byte[] read(String id, String file, int limit) throws IOException {
        byte[] content = storage.read(id, file, limit + MARGIN);
        try (InputStream in = ChunkCipher.decrypting(keys, id, file, new ByteArrayInputStream(content))) {
            byte[] plain = in.readNBytes(limit + 1);
            if (plain.length > limit) {
                throw new DamagedException(file + " is larger than " + limit + " bytes");
            }
            return plain;
        }
    }

    @Override
    public InputStream open(String id, String part) throws IOException {
        InputStream from = storage.open(id, part);
        try {
            return ChunkCipher.decrypting(keys, id, part, from);
        } catch (IOException e) {
            try (from) {
                throw e;
            }
        }
    }

    @Override
    public void annotate(String id, String file, byte[] content) throws IOException {
        storage.annotate(id, file, encrypted(id, file, content));
    }

    private byte[] encrypted(String id, String file, byte[] content) throws IOException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream(content.length + MARGIN);
        try (OutputStream out = ChunkCipher.encrypting(keys, id, file, sealed)) {
            out.write(content);
        }
        return sealed.toByteArray();
    }

    @Override
    public void delete(String id) throws IOException {
        storage.delete(id);
    }

    @Override
    public void sweep() throws IOException {
        storage.sweep();
    }

    @Override
    public LeasedDirectory workspace() throws IOException {
        return storage.workspace();
    }

    @Override
    public String toString() {
        return storage.toString();
    }
}
