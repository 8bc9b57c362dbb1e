package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.Json;
import dev.wellhead.backup.internal.JsonObject;
import dev.wellhead.backup.internal.LeasedDirectory;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Schema and rows in one file of {@code pg_dump}'s custom format, brought back by {@code pg_restore}. */
final class ArchivedContent implements ContentReturn {
    /** The part, without its end. */
    static final String PART = "database";

    private static final String ORIGIN = "archive.json";

    private static final String ROWS = "data";
    private static final List<String> SECTIONS = List.of("pre-data", ROWS, "post-data");

    // Owners and privileges come by Rights, and tablespaces are the server's. A subscription would begin to take
    // changes away from the one that it was copied from.
    private static final List<String> ARGUMENTS = List.of(
            "--no-password",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--no-tablespaces",
            "--no-subscriptions");

    // Connection, resources, operator, rights: another attempt may go well.
    private static final Pattern SAYS_NOTHING_OF_THE_BACKUP = Pattern.compile(
            "no space left|out of memory|out of shared memory|too many|terminat|connection|cancell?ing|deadlock|permission denied"
                    + "|must be (owner|superuser|member)|could not (extend|open|write)|shutting down|in recovery",
            Pattern.CASE_INSENSITIVE);

    private final Storage storage;
    private final Manifest manifest;
    private final Origin origin;
    private final Path program;
    private final int workers;

    /**
     * Where the file came from.
     *
     * @param program major version of what has written it
     * @param size of the database, in bytes
     * @param sequences where they stood before it was written: in it they stand there, or between there and where the
     *     manifest says
     */
    record Origin(int program, long size, List<Manifest.Sequence> sequences) {
        Manifest.Part write(Storage.Draft draft) throws IOException {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("program", (long) program);
            body.put("size", size);
            body.put(
                    "sequences", sequences.stream().map(Manifest.Sequence::json).toList());
            return SmallPart.write(draft, ORIGIN, Json.write(body));
        }

        static Origin read(Storage storage, Manifest manifest) throws IOException {
            JsonObject body = JsonObject.of(SmallPart.json(storage, manifest, ORIGIN));
            List<Manifest.Sequence> sequences = new ArrayList<>();
            for (JsonObject sequence : body.objects("sequences")) {
                sequences.add(Manifest.Sequence.of(sequence));
            }
            return new Origin((int) body.count("program"), body.count("size"), sequences);
        }
    }

    private ArchivedContent(Storage storage, Manifest manifest, Origin origin, Path program, int workers) {
        this.storage = storage;
        this.manifest = manifest;
        this.origin = origin;
        this.program = program;
        this.workers = workers;
    }

    /** Returns whether a backup is of this kind. */
    static boolean isIn(Manifest manifest) {
        return SmallPart.isIn(manifest, ORIGIN);
    }

    /**
     * Returns that of a backup.
     *
     * @param workers how many tables the program loads at a time
     * @throws BackupException if there is no program, or one that cannot know the file
     */
    static ArchivedContent of(Storage storage, Manifest manifest, Optional<ClientPrograms> programs, int workers)
            throws IOException {
        Origin origin = Origin.read(storage, manifest);
        Path program = programs.orElseThrow(() -> new BackupException(
                        Kind.UNSUPPORTED,
                        "backup " + manifest.id() + " is an archive of pg_dump " + origin.program()
                                + ", which only pg_restore can read; use Database.postgresArchive and its programs"))
                .require("pg_restore", origin.program(), "the backup was made with pg_dump " + origin.program());
        return new ArchivedContent(storage, manifest, origin, program, workers);
    }

    /** Returns how many bytes a connection's database takes. */
    static long sizeOf(Connection connection) throws SQLException {
        return Long.parseLong(PostgresSession.queryOne(connection, "select pg_database_size(current_database())"));
    }

    @Override
    public List<String> into(DirectDataSource target, PostgresComparison comparison, Progress progress)
            throws SQLException, IOException {
        try (Connection connection = PostgresSession.open(target);
                LeasedDirectory work = storage.workspace()) {
            if (!SchemaPart.read(storage, manifest).contains("schema public")) {
                PostgresSession.execute(connection, "drop schema if exists public");
            }
            Path archive = work.path().resolve("archive");
            unpack(work, archive);
            long empty = sizeOf(connection);
            progress.begin(Phase.LOAD, Math.max(0, origin.size() - empty));
            Growth grown = new Growth(program.toString(), progress);
            ClientRun run = ClientRun.prepare(target, work.path());
            try {
                for (String section : SECTIONS) {
                    List<String> arguments = arguments(section, connection.getCatalog(), archive);
                    run.run(program, arguments, section, () -> grown.to(sizeOf(connection) - empty));
                }
            } catch (ClientRun.ProgramFailedException e) {
                if (SAYS_NOTHING_OF_THE_BACKUP
                        .matcher(String.valueOf(e.getMessage()))
                        .find()) {
                    throw e;
                }
                return List.of(String.valueOf(e.getMessage()));
            }
            return sequences(connection);
        }
    }

    private void unpack(LeasedDirectory work, Path archive) throws IOException {
        Manifest.Part database = manifest.partNamed(PART);
        FreeSpace.require(work.path(), database.bytes(), "the archive");
        try (PartReader part = PartReader.open(storage, manifest.id(), database);
                OutputStream file = Channels.newOutputStream(PrivateFiles.create(archive))) {
            part.transferTo(file);
        }
    }

    private List<String> arguments(String section, String database, Path archive) {
        List<String> arguments = new ArrayList<>(ARGUMENTS);
        arguments.add("--section=" + section);
        // Of indexes, several at a time can lock each other out: those of partitions and the keys that lead to them.
        arguments.add("--jobs=" + (section.equals(ROWS) ? workers : 1));
        // As a name alone it could be taken for more than a name.
        arguments.add("--dbname=dbname='" + database.replace("\\", "\\\\").replace("'", "\\'") + "'");
        arguments.add(archive.toString());
        return arguments;
    }

    /** Says where sequences cannot have stood in the snapshot, and sets them on to where the manifest says. */
    private List<String> sequences(Connection connection) throws SQLException {
        Map<TableName, Manifest.Sequence> before = byName(origin.sequences());
        Map<TableName, Manifest.Sequence> restored = byName(PostgresSequences.all(connection));
        List<String> differences = new ArrayList<>();
        for (Manifest.Sequence after : manifest.sequences()) {
            Manifest.Sequence found = restored.get(after.name());
            if (found == null) {
                // Which the comparison of the schema says.
                continue;
            }
            Manifest.Sequence first = before.getOrDefault(after.name(), after);
            if (found.last() < Math.min(first.last(), after.last())
                    || found.last() > Math.max(first.last(), after.last())) {
                differences.add("sequence " + after.name() + " stands at " + found.last()
                        + " in the archive, and went from " + first.last() + " to " + after.last()
                        + " while that was written");
            }
            PostgresSequences.set(connection, after);
        }
        return differences;
    }

    private static Map<TableName, Manifest.Sequence> byName(List<Manifest.Sequence> sequences) {
        return sequences.stream().collect(Collectors.toMap(Manifest.Sequence::name, Function.identity()));
    }
}
