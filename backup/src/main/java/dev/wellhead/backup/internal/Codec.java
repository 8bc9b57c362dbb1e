package dev.wellhead.backup.internal;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/** How parts are packed, told by the end of their names. */
public enum Codec {
    /** Zstandard, where the host has zstd-jni: smaller than gzip, in half the time. */
    ZSTD(".zst") {
        @Override
        OutputStream packing(OutputStream out) throws IOException {
            return Zstd.packing(out);
        }

        @Override
        InputStream unpacking(InputStream in) throws IOException {
            if (!ZSTD_IS_HERE) {
                throw new IOException(
                        "a part is packed with Zstandard; add com.github.luben:zstd-jni to the class path, or module path");
            }
            return Zstd.unpacking(in);
        }

        @Override
        boolean isDamage(IOException e) {
            return Zstd.isDamage(e);
        }
    },
    /** gzip, which every JVM has. */
    GZIP(".gz") {
        @Override
        OutputStream packing(OutputStream out) throws IOException {
            return new FastGzip(new BufferedOutputStream(out, BUFFER));
        }

        @Override
        InputStream unpacking(InputStream in) throws IOException {
            return new GZIPInputStream(in, BUFFER);
        }

        @Override
        boolean isDamage(IOException e) {
            return e instanceof ZipException || e instanceof EOFException;
        }
    },
    /** As it is: what is packed in a way of its own, and read by others. */
    NONE(".dump") {
        @Override
        OutputStream packing(OutputStream out) {
            return out;
        }

        @Override
        InputStream unpacking(InputStream in) {
            return in;
        }

        @Override
        boolean isDamage(IOException e) {
            return false;
        }
    };

    static final int BUFFER = 64 * 1024;

    private static final boolean ZSTD_IS_HERE = isZstdHere();

    private final String suffix;

    Codec(String suffix) {
        this.suffix = suffix;
    }

    /** Returns the best that this JVM has. */
    public static Codec best() {
        return ZSTD_IS_HERE ? ZSTD : GZIP;
    }

    /**
     * Returns the one that packed a part.
     *
     * @throws DamagedException if its name says nothing of it
     */
    static Codec of(String part) throws DamagedException {
        for (Codec codec : values()) {
            if (part.endsWith(codec.suffix)) {
                return codec;
            }
        }
        throw new DamagedException("part " + part + " is packed in a way that this version of Wellhead does not know");
    }

    /** Returns what names of parts end with. */
    public String suffix() {
        return suffix;
    }

    abstract OutputStream packing(OutputStream out) throws IOException;

    abstract InputStream unpacking(InputStream in) throws IOException;

    /** Returns whether it says that what was packed has changed since, and not that it cannot be read. */
    abstract boolean isDamage(IOException e);

    private static boolean isZstdHere() {
        try {
            return Zstd.isUsable();
        } catch (LinkageError e) {
            return false;
        }
    }

    // Level 1 packs twice as fast as the default and loses about a tenth of its size.
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
