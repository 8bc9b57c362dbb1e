package dev.wellhead.backup.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** An open file whose writing, syncing, locking and closing go through {@link FaultyFiles}. */
final class FaultyChannel extends FileChannel {
    private final FaultyFiles files;
    private final FileChannel real;

    FaultyChannel(FaultyFiles files, FileChannel real) {
        this.files = files;
        this.real = real;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return real.read(to);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        return real.read(to, offset, length);
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
        return real.read(to, position);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int arrives = files.torn(from.remaining());
        if (arrives > 0) {
            real.write(from.slice(from.position(), arrives));
        }
        return files.around(FaultyFiles.WRITE, () -> real.write(from));
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        return files.around(FaultyFiles.WRITE, () -> real.write(from, offset, length));
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
        return files.around(FaultyFiles.WRITE, () -> real.write(from, position));
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        real.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        real.truncate(size);
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        files.around("sync", () -> real.force(metadata));
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel to) throws IOException {
        return real.transferTo(position, count, to);
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long position, long count) throws IOException {
        return files.around(FaultyFiles.WRITE, () -> real.transferFrom(from, position, count));
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return real.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return files.around("lock", () -> real.lock(position, size, shared));
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }

    // Closed in any case, as the system does it.
    @Override
    protected void implCloseChannel() throws IOException {
        try {
            files.around("close", () -> {});
        } finally {
            real.close();
        }
    }
}
