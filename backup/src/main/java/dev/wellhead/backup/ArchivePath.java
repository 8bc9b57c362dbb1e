package dev.wellhead.backup;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.Codec;
import dev.wellhead.backup.internal.LeasedDirectory;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartWriter;
import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The backup holds one file of {@code pg_dump}'s custom format, of the snapshot from which it is told what it must come to. */
final class ArchivePath implements SchemaPath {
    private static final List<String> ARGUMENTS = List.of(
            "--format=custom",
            "--no-password",
            // Behind a TRUNCATE that waits for the holder of the snapshot it would wait for ever.
            "--lock-wait-timeout=10000");

    // What such a file begins with.
    private static final byte[] MAGIC = "PGDMP".getBytes(StandardCharsets.US_ASCII);

    private final DirectDataSource dataSource;
    private final ClientPrograms programs;
    private final Storage storage;

    ArchivePath(DirectDataSource dataSource, ClientPrograms programs, Storage storage) {
        this.dataSource = dataSource;
        this.programs = programs;
        this.storage = storage;
    }

    @Override
    public String fingerprint() {
        return "";
    }

    @Override
    public Optional<String> partWithRows() {
        return Optional.of(ArchivedContent.PART + Codec.NONE.suffix());
    }

    @Override
    public Optional<ClientPrograms> programs() {
        return Optional.of(programs);
    }

    @Override
    public List<Manifest.Part> capture(Connection holder, Storage.Draft draft, Progress progress)
            throws SQLException, IOException {
        Path program = programs.requireFor(holder, "pg_dump");
        long size = ArchivedContent.sizeOf(holder);
        ArchivedContent.Origin origin =
                new ArchivedContent.Origin(ClientPrograms.major(program), size, PostgresSequences.all(holder));
        String snapshot = PostgresSession.queryOne(holder, "select pg_export_snapshot()");
        try (LeasedDirectory work = storage.workspace()) {
            // To a file and not through a pipe: only then does it say where in it each table begins, so that one can be
            // loaded alone, or several at a time.
            Path archive = work.path().resolve("archive");
            PrivateFiles.create(archive).close();
            List<String> arguments = new ArrayList<>(ARGUMENTS);
            arguments.addAll(List.of("--snapshot=" + snapshot, "--file=" + archive));
            progress.begin(Phase.COPY, size);
            Growth grown = new Growth(program.toString(), progress);
            ClientRun.prepare(dataSource, work.path()).run(program, arguments, "printed", () -> {
                // The snapshot lives as long as its holder.
                PostgresSession.queryOne(holder, "select 1");
                grown.to(Files.size(archive));
            });
            return List.of(store(program, archive, draft), origin.write(draft));
        }
    }

    private static Manifest.Part store(Path program, Path archive, Storage.Draft draft) throws IOException {
        try (InputStream file = Files.newInputStream(archive);
                PartWriter part = PartWriter.create(draft, ArchivedContent.PART, Codec.NONE)) {
            byte[] head = file.readNBytes(MAGIC.length);
            if (!Arrays.equals(head, MAGIC)) {
                throw new IOException(program + " ended with status 0, but what it wrote is no archive: "
                        + Files.size(archive) + " bytes");
            }
            part.write(head);
            file.transferTo(part);
            return part.finish();
        }
    }
}
