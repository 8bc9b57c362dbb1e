package dev.wellhead.backup.internal;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.github.luben.zstd.util.Native;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** All that touches zstd-jni, which the host may not have. */
final class Zstd {
    // Of the fast ones the one that packs best; above it each takes longer than the database needs to send.
    private static final int LEVEL = 3;

    private Zstd() {}

    /**
     * Returns whether its native library runs on this machine.
     *
     * @throws LinkageError if it does not, or the library is not there
     */
    static boolean isUsable() {
        Native.load();
        return Native.isLoaded();
    }

    static OutputStream packing(OutputStream out) throws IOException {
        // A row is small, and each call into the native library costs as much as packing some hundred bytes.
        return new BufferedOutputStream(new ZstdOutputStream(out, LEVEL), Codec.BUFFER);
    }

    static InputStream unpacking(InputStream in) throws IOException {
        return new ZstdInputStream(in);
    }

    static boolean isDamage(IOException e) {
        return e instanceof ZstdIOException;
    }
}
