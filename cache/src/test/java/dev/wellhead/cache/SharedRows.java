package dev.wellhead.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A database of numbers that several processes share: a file in the memory of all of them. Survives each of them. */
final class SharedRows {
    static final int KEYS = 20;
    private static final int OPERATIONS = KEYS;
    private static final int STOP = KEYS + 1;
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;

    private SharedRows(ByteBuffer memory) {
        this.memory = memory;
    }

    static SharedRows open(Path file) {
        return new SharedRows(map(file, (KEYS + 2) * 8));
    }

    static ByteBuffer map(Path file, int bytes) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes).order(ByteOrder.nativeOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long read(int key) {
        return (long) LONGS.getVolatile(memory, key * 8);
    }

    /** Writes the next version, and returns it. */
    long write(int key) {
        return (long) LONGS.getAndAdd(memory, key * 8, 1L) + 1;
    }

    /** Counts an operation, and returns whether there should be more. */
    boolean goOn() {
        LONGS.getAndAdd(memory, OPERATIONS * 8, 1L);
        return (long) LONGS.getVolatile(memory, STOP * 8) == 0;
    }

    long operations() {
        return (long) LONGS.getVolatile(memory, OPERATIONS * 8);
    }

    void stop() {
        LONGS.setVolatile(memory, STOP * 8, 1L);
    }
}
