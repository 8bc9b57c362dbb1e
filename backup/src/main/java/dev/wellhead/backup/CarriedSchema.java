package dev.wellhead.backup;

import dev.wellhead.backup.internal.Json;
import dev.wellhead.backup.internal.JsonObject;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The backup carries the statements that make the schema, as {@link PostgresDdl} reads them from the catalogue. */
final class CarriedSchema implements SchemaPath, SchemaReturn {
    private static final String PART = "schema-sql.json";

    @Override
    public String fingerprint() {
        return "";
    }

    @Override
    public List<Manifest.Part> capture(Connection holder, Storage.Draft draft, Progress progress)
            throws SQLException, IOException {
        PostgresDdl.Script script = PostgresDdl.read(holder);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("before", script.before());
        body.put("indexes", script.indexes());
        body.put("after", script.after());
        return List.of(SmallPart.write(draft, PART, Json.write(body)));
    }

    @Override
    public boolean isWholeBefore() {
        return false;
    }

    @Override
    public void before(Storage storage, Manifest manifest, DirectDataSource target) throws SQLException, IOException {
        run(target, script(storage, manifest).before());
    }

    @Override
    public void after(Storage storage, Manifest manifest, DirectDataSource target, int workers)
            throws SQLException, IOException {
        PostgresDdl.Script script = script(storage, manifest);
        Crew.forEach(script.indexes(), workers, target, PostgresSession::execute);
        run(target, script.after());
    }

    private static void run(DirectDataSource target, List<String> statements) throws SQLException {
        try (Connection connection = PostgresSession.open(target)) {
            for (String sql : statements) {
                PostgresSession.execute(connection, sql);
            }
        }
    }

    private static PostgresDdl.Script script(Storage storage, Manifest manifest) throws IOException {
        JsonObject body = JsonObject.of(SmallPart.json(storage, manifest, PART));
        return new PostgresDdl.Script(body.texts("before"), body.texts("indexes"), body.texts("after"));
    }
}
