package dev.wellhead.backup.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files of this machine, one of whose operations fails: opening, writing, syncing, renaming, removing, making and reading
 * folders. Operations are numbered from 0. For one thread.
 */
final class FaultyFiles extends FileSystemProvider {
    static final String MESSAGE = "injected";
    static final String WRITE = "write";

    /** In which way the operation fails. */
    enum How {
        /** Nothing is done. */
        BEFORE,
        /** Half of a piece is written; anything else is not done. */
        TORN,
        /** All is done, and it says that it is not. */
        AFTER
    }

    private final FileSystemProvider real;
    private final int at;
    private final How how;
    private int operations;
    private String failed = "";

    /** @param at which operation fails; -1 for none */
    FaultyFiles(Path real, int at, How how) {
        this.real = real.getFileSystem().provider();
        this.at = at;
        this.how = how;
    }

    /** Returns a path to the same file, all of whose operations may fail. */
    Path of(Path path) {
        return new FaultyPath(this, path);
    }

    /** Returns what was to be done when it failed; empty if nothing has failed. */
    String failed() {
        return failed;
    }

    int operations() {
        return operations;
    }

    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    <T> T around(String what, Call<T> call) throws IOException {
        boolean fails = operations++ == at;
        if (fails) {
            failed = what;
        }
        if (fails && how != How.AFTER) {
            throw new IOException(MESSAGE);
        }
        T result = call.run();
        if (fails) {
            if (result instanceof FileChannel opened) {
                opened.close();
            }
            throw new IOException(MESSAGE);
        }
        return result;
    }

    void around(String what, Action action) throws IOException {
        around(what, () -> {
            action.run();
            return true;
        });
    }

    /** Returns how much of a piece that is about to be written arrives. */
    int torn(int length) {
        return operations == at && how == How.TORN ? length / 2 : 0;
    }

    static Path real(Path path) {
        return path instanceof FaultyPath faulty ? faulty.real() : path;
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return around(
                "open " + path, () -> new FaultyChannel(this, real.newFileChannel(real(path), options, attributes)));
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        List<Path> entries = new ArrayList<>();
        around("list " + path, () -> {
            try (DirectoryStream<Path> found = real.newDirectoryStream(real(path), entry -> true)) {
                for (Path entry : found) {
                    if (filter.accept(of(entry))) {
                        entries.add(of(entry));
                    }
                }
            }
        });
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return entries.iterator();
            }

            @Override
            public void close() {
                // It was read at once.
            }
        };
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        around("make " + path, () -> real.createDirectory(real(path), attributes));
    }

    @Override
    public void delete(Path path) throws IOException {
        around("delete " + path, () -> real.delete(real(path)));
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) throws IOException {
        around("copy " + from, () -> real.copy(real(from), real(to), options));
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
        around("move " + from, () -> real.move(real(from), real(to), options));
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        return real.isSameFile(real(one), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return real.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return real.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        real.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return real.getFileAttributeView(real(path), type, options);
    }

    // Not counted: what cannot be looked at is taken for missing by Files.exists and its like.
    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return real.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return Files.readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        real.setAttribute(real(path), attribute, value, options);
    }
}
