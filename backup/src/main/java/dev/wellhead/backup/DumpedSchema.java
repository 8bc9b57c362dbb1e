package dev.wellhead.backup;

import dev.wellhead.backup.internal.Json;
import dev.wellhead.backup.internal.LeasedDirectory;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.SchemaQueries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The backup carries the schema as {@code pg_dump} tells it, of the same snapshot as the rows. */
final class DumpedSchema implements SchemaPath {
    // Owners and privileges come by Rights, and tablespaces are the server's. A subscription would begin to take
    // changes away from the one that it was copied from.
    private static final List<String> ARGUMENTS = List.of(
            "--schema-only",
            "--no-password",
            "--encoding=UTF8",
            "--no-owner",
            "--no-privileges",
            "--no-tablespaces",
            "--no-subscriptions",
            // Behind a TRUNCATE that waits for the holder of the snapshot it would wait for ever.
            "--lock-wait-timeout=10000");

    private static final String LAST_LINE = "-- PostgreSQL database dump complete";

    // The end of the fence around it.
    private static final int BEHIND = 300;

    private static final String FILLED = SchemaQueries.expanded("""
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'm' and c.relispopulated and {user} and {own:pg_class:c.oid} order by c.oid
            """);

    private final DirectDataSource dataSource;
    private final ClientPrograms programs;
    private final Storage storage;

    DumpedSchema(DirectDataSource dataSource, ClientPrograms programs, Storage storage) {
        this.dataSource = dataSource;
        this.programs = programs;
        this.storage = storage;
    }

    @Override
    public Optional<ClientPrograms> programs() {
        return Optional.of(programs);
    }

    @Override
    public String fingerprint() {
        return "";
    }

    @Override
    public List<Manifest.Part> capture(Connection holder, Storage.Draft draft, Progress progress)
            throws SQLException, IOException {
        Path program = programs.requireFor(holder, "pg_dump");
        String snapshot = PostgresSession.queryOne(holder, "select pg_export_snapshot()");
        try (LeasedDirectory work = storage.workspace()) {
            ClientRun run = ClientRun.prepare(dataSource, work.path());
            List<Manifest.Part> parts = new ArrayList<>();
            for (String section : DumpedScripts.SECTIONS) {
                List<String> arguments = new ArrayList<>(ARGUMENTS);
                arguments.addAll(List.of("--section=" + section, "--snapshot=" + snapshot));
                // The snapshot lives as long as its holder.
                Path file = run.run(program, arguments, section, () -> PostgresSession.queryOne(holder, "select 1"));
                String script = Files.readString(file, StandardCharsets.UTF_8);
                requireWhole(program, section, script);
                parts.add(SmallPart.write(draft, DumpedScripts.partOf(section), script));
            }
            parts.add(SmallPart.write(draft, DumpedScripts.MORE, Json.write(more(holder))));
            return parts;
        }
    }

    private static void requireWhole(Path program, String section, String script) throws IOException {
        if (script.lastIndexOf(LAST_LINE) < Math.max(0, script.length() - LAST_LINE.length() - BEHIND)) {
            throw new IOException(program + " ended with status 0, but the " + section + " that it wrote has no end: "
                    + script.length() + " characters");
        }
        // What it cannot be taken apart into now could not be restored later.
        SqlScript.statements(script);
    }

    /** What the programs do not tell. */
    private static Map<String, Object> more(Connection holder) throws SQLException {
        Map<String, Object> more = new LinkedHashMap<>();
        String schemas = PostgresSession.queryOne(holder, "select count(*) from pg_namespace where nspname = 'public'");
        more.put("public", schemas.equals("1"));
        more.put("filled", PostgresSession.queryAll(holder, FILLED));
        return more;
    }
}
