package dev.wellhead.migrate;

import dev.wellhead.core.Redaction;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.internal.AnnotatedFile;
import dev.wellhead.migrate.internal.AnnotatedFile.Section;
import dev.wellhead.migrate.internal.FileName;
import dev.wellhead.migrate.internal.FileName.Convention;
import dev.wellhead.migrate.internal.ScriptException;
import dev.wellhead.migrate.internal.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes migrations of named files: reads the names, pairs up and down, refuses what is unclear. For one thread. */
final class MigrationFiles {
    private static final int LARGEST_IN_MEMORY = 1 << 20;
    // In which the comments of dbmate and goose begin, which stand before all statements.
    private static final int HEAD = 1 << 16;
    private static final int LARGEST_LIST = 5;
    private static final String SQL = ".sql";
    private static final char REPLACEMENT = '\ufffd';

    private final String folder;
    private final List<File> files = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(HEAD);
    // In folders below, and named as no file of a version's folder is.
    private final List<String> strays = new ArrayList<>();

    /**
     * @param down what the same file takes back; null if that is another file, or none
     */
    private record File(
            String name,
            FileName meaning,
            @Nullable Convention convention,
            SqlText sql,
            @Nullable SqlText down) {}

    /** Starts with no files. The folder is for messages. */
    MigrationFiles(String folder) {
        this.folder = folder;
    }

    static List<Migration> inDirectory(Path folder) {
        MigrationFiles files = new MigrationFiles(folder.toString());
        try {
            for (Map.Entry<String, Path> file : list(folder).entrySet()) {
                files.add(file.getKey(), file.getValue());
            }
        } catch (IOException e) {
            throw files.refusal("cannot be read: " + e, "check that the folder exists and may be read", e);
        }
        return files.migrations();
    }

    /** Returns what {@link #mayBe} a migration if it is a file, by its name in the folder. */
    static SortedMap<String, Path> list(Path folder) throws IOException {
        SortedMap<String, Path> named = new TreeMap<>();
        list(folder, "", named);
        return named;
    }

    private static void list(Path folder, String prefix, SortedMap<String, Path> named) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = prefix + entry.getFileName();
                // Whether it is a file is seen when it is read: with thousands of them, the question is a tenth
                // of a start.
                if (mayBe(name)) {
                    named.put(name, entry);
                } else if (prefix.isEmpty() && mayBeVersion(name) && Files.isDirectory(entry)) {
                    list(entry, name + "/", named);
                }
            }
        }
    }

    /** Returns whether a file is looked at: it ends in {@code .sql}, and is in the folder or in that of a version. */
    static boolean mayBe(String name) {
        int slash = name.indexOf('/');
        boolean placed = slash < 0 || (mayBeVersion(name) && name.indexOf('/', slash + 1) < 0);
        return placed && name.regionMatches(true, name.length() - SQL.length(), SQL, 0, SQL.length());
    }

    private static boolean mayBeVersion(String name) {
        return !name.isEmpty() && Character.isDigit(name.charAt(0));
    }

    void add(String name, byte[] content) {
        FileName meaning = meaning(name);
        if (meaning != null) {
            add(name, meaning, decoded(name, content));
        }
    }

    private void add(String name, Path file) throws IOException {
        byte[] content = beginning(file);
        FileName meaning = content == null ? null : meaning(name);
        if (content == null || meaning == null) {
            return;
        }
        if (content.length <= LARGEST_IN_MEMORY) {
            add(name, meaning, decoded(name, content));
        } else if (isAnnotated(meaning, content)) {
            add(name, meaning, decoded(name, Files.readAllBytes(file)));
        } else {
            files.add(new File(name, meaning, meaning.convention(), SqlText.in(file), null));
        }
    }

    // Most files are small, and there may be thousands: one buffer for all, and no question for the size. Null if it is
    // no file, but a folder or the lock of an editor.
    private byte @Nullable [] beginning(Path file) throws IOException {
        try (SeekableByteChannel open = Files.newByteChannel(file)) {
            buffer.clear();
            while (buffer.hasRemaining() && open.read(buffer) >= 0) {
                // Reads on.
            }
            byte[] head = new byte[buffer.flip().remaining()];
            buffer.get(head);
            if (head.length < buffer.capacity()) {
                return head;
            }
            byte[] rest = Channels.newInputStream(open).readNBytes(LARGEST_IN_MEMORY + 1 - head.length);
            byte[] whole = Arrays.copyOf(head, head.length + rest.length);
            System.arraycopy(rest, 0, whole, head.length, rest.length);
            return whole;
        } catch (IOException e) {
            if (Files.isRegularFile(file)) {
                throw e;
            }
            return null;
        }
    }

    private boolean isAnnotated(FileName meaning, byte[] content) {
        if (meaning.convention() != Convention.NUMBERED) {
            return false;
        }
        try {
            return AnnotatedFile.read(new String(content, 0, HEAD, StandardCharsets.UTF_8)) != null;
        } catch (ScriptException e) {
            // As far as it goes; whether the whole file is right is seen when it is read.
            return true;
        }
    }

    private @Nullable FileName meaning(String name) {
        FileName meaning = FileName.parse(name);
        if (meaning == null && name.indexOf('/') < 0) {
            throw noScheme(name);
        }
        if (meaning == null) {
            strays.add(name);
        }
        return meaning;
    }

    private void add(String name, FileName meaning, String text) {
        AnnotatedFile annotated = meaning.convention() == Convention.NUMBERED ? annotated(name, text) : null;
        if (annotated == null) {
            files.add(new File(name, meaning, meaning.convention(), SqlText.of(text), null));
            return;
        }
        Section down = annotated.down();
        files.add(new File(
                name,
                meaning,
                annotated.convention(),
                SqlText.of(annotated.up(), annotated.upApart()),
                down == null ? null : SqlText.of(down, annotated.downApart())));
    }

    private @Nullable AnnotatedFile annotated(String name, String text) {
        try {
            return AnnotatedFile.read(text);
        } catch (ScriptException e) {
            throw refusal(
                    "file " + Redaction.printable(name) + ", line " + e.line() + ": "
                            + Redaction.printable(String.valueOf(e.getMessage())),
                    "correct the file",
                    e);
        }
    }

    private String decoded(String name, byte[] content) {
        // Faster than a decoder, which says what is wrong but is needed only if something may be.
        String text = new String(content, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refusal("file " + Redaction.printable(name) + " is not UTF-8", "save it as UTF-8", e);
        }
    }

    List<Migration> migrations() {
        requireOneConvention();
        SortedMap<Version, File> ups = new TreeMap<>();
        SortedMap<Version, File> downs = new TreeMap<>();
        for (File file : files) {
            Version version = Version.parse(file.meaning.version());
            File other = (file.meaning.down() ? downs : ups).putIfAbsent(version, file);
            if (other != null) {
                throw refusal(
                        "files " + Redaction.printable(other.name) + " and " + Redaction.printable(file.name)
                                + " have the same version " + version,
                        "give one of them another",
                        null);
            }
        }
        List<Migration> migrations = new ArrayList<>();
        ups.forEach((version, up) -> migrations.add(migration(up, downs.remove(version))));
        for (File orphan : downs.values()) {
            throw refusal(
                    "file " + Redaction.printable(orphan.name) + " takes back a version that no file applies",
                    "add the file that applies it, or remove this one",
                    null);
        }
        return migrations;
    }

    private static Migration migration(File up, @Nullable File down) {
        String name = Redaction.printable(up.name);
        Migration migration = Migration.ofFile(up.meaning.version(), up.meaning.description(), name, up.sql);
        if (down != null) {
            return migration.withDown(Redaction.printable(down.name), down.sql);
        }
        return up.down == null ? migration : migration.withDown(name, up.down);
    }

    private void requireOneConvention() {
        Map<Convention, List<String>> used = new EnumMap<>(Convention.class);
        for (File file : files) {
            if (file.convention != null && file.convention != Convention.REPEATABLE) {
                named(used, file.convention, file);
            }
        }
        Convention ofDowns = used.containsKey(Convention.PAIRED) ? Convention.PAIRED : Convention.NUMBERED;
        for (File file : files) {
            if (file.convention == null) {
                named(used, ofDowns, file);
            }
        }
        if (used.size() > 1) {
            throw refusal(
                    "files follow several conventions: "
                            + used.entrySet().stream()
                                    .map(each -> some(each.getValue()) + " as " + each.getKey())
                                    .collect(Collectors.joining("; ")),
                    "name all of them by one",
                    null);
        }
        if (!strays.isEmpty() && used.containsKey(Convention.FOLDERS)) {
            throw noScheme(strays.get(0));
        }
    }

    private static void named(Map<Convention, List<String>> used, Convention convention, File file) {
        used.computeIfAbsent(convention, each -> new ArrayList<>()).add(Redaction.printable(file.name));
    }

    private static String some(List<String> names) {
        List<String> first = names.subList(0, Math.min(names.size(), LARGEST_LIST));
        return String.join(", ", first)
                + (names.size() > LARGEST_LIST ? " and " + (names.size() - LARGEST_LIST) + " more" : "");
    }

    private MigrationException noScheme(String name) {
        String hint = FileName.hint(name);
        return refusal(
                "file " + Redaction.printable(name) + " follows no scheme of names"
                        + (hint.isEmpty() ? "" : " (" + hint + ")"),
                "name it as " + FileName.SCHEMES,
                null);
    }

    private MigrationException refusal(String what, String cure, @Nullable Exception cause) {
        return new MigrationException(
                Reason.SOURCE,
                "migrations in " + Redaction.url(folder) + ": " + what + "; nothing was run; " + cure,
                cause);
    }
}
