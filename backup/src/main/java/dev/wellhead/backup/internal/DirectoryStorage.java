package dev.wellhead.backup.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Backups in a local directory, one folder each: {@code <id>/manifest.json}, {@code <id>/verdict.json} and {@code
 * <id>/parts/...}. Folders are 0700 and files 0600, no link is followed below the directory, and the directory itself must
 * be none. Everything that is not a published backup starts with a dot.
 */
public final class DirectoryStorage implements Storage {
    private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");
    private static final String PARTIAL = ".partial-";
    private static final String DELETED = ".deleted-";
    private static final String WORK = ".work-";
    private static final String PARTS = "parts";

    private final Path root;

    /** Uses this directory, which is created when something is to be written. */
    public DirectoryStorage(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public Draft begin(String id) throws IOException {
        prepareRoot();
        LeasedDirectory folder = LeasedDirectory.create(root, PARTIAL + requireId(id));
        try {
            PrivateFiles.createFolder(folder.path().resolve(PARTS));
        } catch (IOException e) {
            try (folder) {
                throw e;
            }
        }
        return new FolderDraft(id, folder);
    }

    @Override
    public List<String> ids() throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        checkRoot();
        List<String> ids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (BackupIds.isValid(name)
                        && isFolder(entry)
                        && Files.exists(entry.resolve(Manifest.FILE), LinkOption.NOFOLLOW_LINKS)) {
                    ids.add(name);
                }
            }
        }
        ids.sort(null);
        return ids;
    }

    @Override
    public byte[] read(String id, String file, int limit) throws IOException {
        try (InputStream in = openPlain(folder(id).resolve(requireName(file)))) {
            byte[] content = in.readNBytes(limit + 1);
            if (content.length > limit) {
                throw new DamagedException(file + " is larger than " + limit + " bytes");
            }
            return content;
        }
    }

    @Override
    public InputStream open(String id, String part) throws IOException {
        Path parts = folder(id).resolve(PARTS);
        if (!isFolder(parts)) {
            throw new NoSuchFileException(parts.toString());
        }
        return openPlain(parts.resolve(requireName(part)));
    }

    @Override
    public void annotate(String id, String file, byte[] content) throws IOException {
        Path folder = folder(id);
        Path fresh = folder.resolve("." + requireName(file) + "-" + UUID.randomUUID());
        try {
            try (OutputStream out = PrivateFiles.createDurable(fresh)) {
                out.write(content);
            }
            Files.move(fresh, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        PrivateFiles.syncFolder(folder);
    }

    @Override
    public void delete(String id) throws IOException {
        checkRoot();
        // Renamed first: a removal that breaks off must not leave half a backup that is listed.
        Path doomed = root.resolve(DELETED + requireId(id));
        Files.move(folder(id), doomed, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.syncFolder(root);
        PrivateFiles.deleteTree(doomed);
    }

    @Override
    public void sweep() throws IOException {
        prepareRoot();
        LeasedDirectory.sweep(root, PARTIAL);
        LeasedDirectory.sweep(root, WORK);
        try (DirectoryStream<Path> doomed = Files.newDirectoryStream(root, DELETED + "*")) {
            for (Path folder : doomed) {
                PrivateFiles.deleteTree(folder);
            }
        }
    }

    @Override
    public LeasedDirectory workspace() throws IOException {
        prepareRoot();
        return LeasedDirectory.create(root, WORK + UUID.randomUUID());
    }

    @Override
    public String toString() {
        return root.toString();
    }

    private void prepareRoot() throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            Path parent = root.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            PrivateFiles.createFolder(root);
        }
        checkRoot();
    }

    private void checkRoot() throws IOException {
        if (!isFolder(root)) {
            throw new NotDirectoryException(root + " (a link is not followed)");
        }
        if (PrivateFiles.isPosix(root)
                && Files.getPosixFilePermissions(root, LinkOption.NOFOLLOW_LINKS)
                        .contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new FileSystemException(
                    root.toString(), null, "everybody may write to this directory; take that right away (chmod o-w)");
        }
    }

    private Path folder(String id) throws IOException {
        Path folder = root.resolve(requireId(id));
        if (!isFolder(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        return folder;
    }

    private static InputStream openPlain(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new DamagedException(file.getFileName() + " is no plain file");
        }
        return Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static String requireId(String id) throws IOException {
        if (!BackupIds.isValid(id)) {
            throw new NoSuchFileException("no id of a backup");
        }
        return id;
    }

    // Names come from manifests, which somebody may have written by hand.
    private static String requireName(String name) throws IOException {
        if (!FILE_NAME.matcher(name).matches()) {
            throw new DamagedException("no name of a file of ours");
        }
        return name;
    }

    private final class FolderDraft implements Draft {
        private final String id;
        private final LeasedDirectory folder;

        FolderDraft(String id, LeasedDirectory folder) {
            this.id = id;
            this.folder = folder;
        }

        @Override
        public OutputStream create(String part) throws IOException {
            return PrivateFiles.createDurable(folder.path().resolve(PARTS).resolve(requireName(part)));
        }

        @Override
        public void publish(byte[] manifest) throws IOException {
            PrivateFiles.syncFolder(folder.path().resolve(PARTS));
            try (OutputStream out = PrivateFiles.createDurable(folder.path().resolve(Manifest.FILE))) {
                out.write(manifest);
            }
            PrivateFiles.syncFolder(folder.path());
            try {
                Files.move(folder.path(), root.resolve(id), StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                throw new IOException("this file system cannot rename a folder in one step; use a local one", e);
            }
            try {
                PrivateFiles.syncFolder(root);
            } catch (IOException e) {
                withdraw(e);
                throw e;
            }
        }

        /** What may not outlast a power cut must not be listed. */
        private void withdraw(IOException cause) {
            try {
                Files.move(root.resolve(id), folder.path(), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }

        @Override
        public void close() throws IOException {
            folder.close();
        }
    }
}
