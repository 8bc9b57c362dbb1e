package dev.wellhead.backup;

import dev.wellhead.backup.internal.JsonObject;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Brings back what {@code pg_dump} told of a schema: statement by statement, without any program. */
final class DumpedScripts implements SchemaReturn {
    /** In the order in which they come back, with the rows in between. */
    static final List<String> SECTIONS = List.of("pre-data", "post-data");

    /** The part with what the program does not tell. */
    static final String MORE = "schema-more.json";

    private static final String NAME = "(?:\"(?:[^\"]|\"\")*\"|[^\\s\"])+";

    // Each needs its own table and nothing that is made beside it.
    private static final Pattern INDEX = Pattern.compile(
            "CREATE (UNIQUE )?INDEX .*|ALTER TABLE ONLY " + NAME + "\\s+ADD CONSTRAINT " + NAME
                    + " (PRIMARY KEY|UNIQUE|EXCLUDE) .*",
            Pattern.DOTALL);

    // Lifted in each of our sessions, by names that this server knows; the encoding is a matter of the driver.
    private static final Pattern OURS =
            Pattern.compile("SET (\\w+_timeout|client_encoding|standard_conforming_strings) .*");

    private static final String EVENT_TRIGGER = "CREATE EVENT TRIGGER ";

    static String partOf(String section) {
        return "schema-" + section + ".sql";
    }

    /** Returns whether a backup carries scripts. */
    static boolean areIn(Manifest manifest) {
        return SmallPart.isIn(manifest, partOf(SECTIONS.get(0)));
    }

    @Override
    public boolean isWholeBefore() {
        return false;
    }

    @Override
    public void before(Storage storage, Manifest manifest, DirectDataSource target) throws SQLException, IOException {
        List<String> statements = new ArrayList<>();
        if (!more(storage, manifest).flag("public")) {
            statements.add("drop schema if exists public");
        }
        statements.addAll(SqlScript.statements(SmallPart.text(storage, manifest, partOf(SECTIONS.get(0)))));
        try (Connection connection = PostgresSession.open(target)) {
            run(connection, statements);
        }
    }

    @Override
    public void after(Storage storage, Manifest manifest, DirectDataSource target, int workers)
            throws SQLException, IOException {
        List<String> statements = SqlScript.statements(SmallPart.text(storage, manifest, partOf(SECTIONS.get(1))));
        int last = 0;
        while (last < statements.size() && !statements.get(last).startsWith(EVENT_TRIGGER)) {
            last++;
        }
        try (Connection connection = PostgresSession.open(target)) {
            List<String> indexes = new ArrayList<>();
            for (String sql : statements.subList(0, last)) {
                if (INDEX.matcher(sql).matches()) {
                    indexes.add(sql);
                } else {
                    makeIndexes(indexes, target, workers);
                    run(connection, List.of(sql));
                }
            }
            makeIndexes(indexes, target, workers);
            fill(connection, more(storage, manifest).texts("filled"));
            // Last, as each statement behind them could set them off.
            run(connection, statements.subList(last, statements.size()));
        }
    }

    private static void makeIndexes(List<String> statements, DirectDataSource target, int workers)
            throws SQLException, IOException {
        if (!statements.isEmpty()) {
            Crew.forEach(List.copyOf(statements), workers, target, PostgresSession::execute);
            statements.clear();
        }
    }

    // One that reads another one can only be filled behind it.
    private static void fill(Connection connection, List<String> views) throws SQLException {
        List<String> open = new ArrayList<>(views);
        while (!open.isEmpty()) {
            List<String> left = new ArrayList<>();
            SQLException why = null;
            for (String view : open) {
                try {
                    PostgresSession.execute(connection, "refresh materialized view " + view);
                } catch (SQLException e) {
                    left.add(view);
                    why = e;
                }
            }
            if (why != null && left.size() == open.size()) {
                throw why;
            }
            open = left;
        }
    }

    private static void run(Connection connection, List<String> statements) throws SQLException {
        for (String sql : statements) {
            if (!OURS.matcher(sql).matches()) {
                PostgresSession.execute(connection, sql);
            }
        }
    }

    private static JsonObject more(Storage storage, Manifest manifest) throws IOException {
        return JsonObject.of(SmallPart.json(storage, manifest, MORE));
    }
}
