package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.migrate.Migration;
import dev.wellhead.migrate.MigrationSource;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the files of the next migration. */
@Command(
        name = "new",
        description = "Make the files of the next migration, named as those that are there, its down file included.",
        footerHeading = "%nExample:%n",
        footer =
                "  wellhead migrate new \"create users\"     # makes 001_create_users.sql and 001_create_users.down.sql")
final class NewCommand implements Callable<Integer> {
    private static final int DIGITS_OF_A_MOMENT = 14;
    private static final String FIRST = "001";

    @Parameters(paramLabel = "WORDS", description = "What it is about.")
    String words = "";

    @Option(
            names = {"-m", "--migrations"},
            paramLabel = "FOLDER",
            description = "The folder of the files, made if it is not there. Default: migrations.")
    @Nullable Path migrations;

    @Option(
            names = "--timestamp",
            description = "Take the time for the version, as 20260102030405, rather than the next number.")
    boolean timestamp;

    private final Session session;

    /** Whose names the files of a folder have. */
    private enum Names {
        NUMBERED,
        PAIRED,
        LETTERED,
        FOLDERS,
        DBMATE,
        GOOSE
    }

    NewCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        String slug = words.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", "_")
                .replaceAll("^_+|_+$", "");
        if (slug.isEmpty()) {
            throw new CliException(Kind.USAGE, "say in a few words what the migration is about, as \"create users\"");
        }
        Path folder = session.path(migrations == null ? Path.of("migrations") : migrations);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new CliException(Kind.CONFIGURATION, folder + " is no folder");
        }
        Files.createDirectories(folder);
        List<Migration> present = MigrationSource.directory(folder).load();
        Map<Path, String> files = files(folder, names(folder), version(present), slug);
        for (Map.Entry<Path, String> file : files.entrySet()) {
            write(file.getKey(), file.getValue());
        }
        // Refuses what does not go together before a run does.
        MigrationSource.directory(folder).load();
        Screen screen = session.screen();
        files.keySet().forEach(file -> screen.line("made " + session.shown(file)));
        screen.json(
                "command",
                "migrate new",
                "files",
                files.keySet().stream().map(Path::toString).toList());
        return ExitCodes.OK;
    }

    private String version(List<Migration> present) {
        String last = "";
        BigInteger highest = BigInteger.ZERO;
        for (Migration migration : present) {
            String first = migration.version().replaceFirst("\\..*", "");
            if (!migration.isRepeatable() && new BigInteger(first).compareTo(highest) >= 0) {
                highest = new BigInteger(first);
                last = first;
            }
        }
        if (timestamp || last.length() == DIGITS_OF_A_MOMENT) {
            return DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT)
                    .withZone(ZoneOffset.UTC)
                    .format(session.surroundings().clock().instant());
        }
        String next = highest.add(BigInteger.ONE).toString();
        return last.isEmpty() ? FIRST : "0".repeat(Math.max(0, last.length() - next.length())) + next;
    }

    private static Names names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.sorted().toList()) {
                String name = String.valueOf(entry.getFileName());
                if (Files.isDirectory(entry) && name.matches("[0-9].*") && Files.exists(entry.resolve("up.sql"))) {
                    return Names.FOLDERS;
                } else if (name.matches("V[0-9].*__.*\\.sql")) {
                    return Names.LETTERED;
                } else if (name.matches("[0-9].*\\.up\\.sql")) {
                    return Names.PAIRED;
                } else if (name.matches("[0-9].*\\.sql")) {
                    Names both = bothDirections(entry);
                    if (both != null) {
                        return both;
                    }
                }
            }
        }
        return Names.NUMBERED;
    }

    private static @Nullable Names bothDirections(Path file) throws IOException {
        String beginning;
        try (var in = Files.newInputStream(file)) {
            beginning = new String(in.readNBytes(64 * 1024), StandardCharsets.UTF_8);
        }
        if (beginning.contains("-- migrate:up")) {
            return Names.DBMATE;
        }
        return beginning.contains("-- +goose Up") ? Names.GOOSE : null;
    }

    private static Map<Path, String> files(Path folder, Names names, String version, String slug) {
        String up = "-- What takes the schema to version " + version + ".\n";
        String down = "-- What takes it back: undo all that stands in the other file.\n";
        List<String> entries = new ArrayList<>();
        switch (names) {
            case NUMBERED -> entries.addAll(List.of(version + "_" + slug + ".sql", version + "_" + slug + ".down.sql"));
            case PAIRED ->
                entries.addAll(List.of(version + "_" + slug + ".up.sql", version + "_" + slug + ".down.sql"));
            case LETTERED ->
                entries.addAll(List.of("V" + version + "__" + slug + ".sql", "U" + version + "__" + slug + ".sql"));
            case FOLDERS ->
                entries.addAll(List.of(version + "_" + slug + "/up.sql", version + "_" + slug + "/down.sql"));
            case DBMATE, GOOSE -> entries.add(version + "_" + slug + ".sql");
        }
        Map<Path, String> files = new LinkedHashMap<>();
        if (names == Names.DBMATE) {
            files.put(folder.resolve(entries.get(0)), "-- migrate:up\n\n-- migrate:down\n");
        } else if (names == Names.GOOSE) {
            files.put(folder.resolve(entries.get(0)), "-- +goose Up\n\n-- +goose Down\n");
        } else {
            files.put(folder.resolve(entries.get(0)), up);
            files.put(folder.resolve(entries.get(1)), down);
        }
        return files;
    }

    private static void write(Path file, String text) {
        try {
            Path parent = file.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new CliException(
                    Kind.CANNOT_WRITE,
                    "cannot make " + file + " (" + e.getClass().getSimpleName() + ")",
                    e);
        }
    }
}
