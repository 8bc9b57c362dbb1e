package dev.wellhead.migrate;

import dev.wellhead.migrate.ForeignClaims.Origin;
import dev.wellhead.migrate.internal.Version;
import java.io.BufferedReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Flyway's history, a log in the order of {@code installed_rank}. A baseline stands for all versions up to it; undone
 * and deleted versions are pending again, and so are repeatable migrations that have changed since they ran last.
 */
final class FlywayReader implements ForeignReader {
    private static final String COLUMNS =
            "version, description, type, script, checksum, installed_by, %s, execution_time, success";

    private final ForeignTable table;
    private final SortedMap<Version, Applied> applied = new TreeMap<>();
    private final SortedMap<Version, Origin> baselines = new TreeMap<>();
    // By the names of their files.
    private final SortedMap<String, Applied> repeatables = new TreeMap<>();

    FlywayReader(ForeignTable table) {
        this.table = table;
    }

    /** A version that was applied last, and not undone. */
    private record Applied(
            String version, String script, @Nullable Integer sum, Origin origin) {}

    @Override
    public void read(Connection connection, ForeignClaims claims) throws SQLException {
        table.read(
                connection,
                COLUMNS.replace("%s", table.time("installed_on")),
                "installed_rank",
                row -> row(row, claims));
        for (Applied each : applied.values()) {
            claims.applied(each.version, each.script + " (version " + each.version + ")", each.origin);
            requireSameFile(each, claims);
        }
        baselines.forEach(claims::appliedUpTo);
        if (!baselines.isEmpty()) {
            claims.note("all versions up to the baseline " + baselines.lastKey() + " count as applied");
        }
        repeatables.values().forEach(each -> repeatable(each, claims));
    }

    private static void repeatable(Applied each, ForeignClaims claims) {
        Migration file = claims.file(each.version);
        if (file == null) {
            claims.note(each.script + " was run, and is no longer in the source");
        } else if (each.sum != null && each.sum == sum(file.up())) {
            claims.applied(file, each.origin);
        } else {
            claims.note(each.script + " has changed since Flyway ran it: the next run runs it");
        }
    }

    private void row(ResultSet row, ForeignClaims claims) throws SQLException {
        String version = row.getString(1);
        String type = String.valueOf(row.getString(3));
        String script = row.getString(4);
        if (!ForeignTable.truth(row.getString(9))) {
            claims.fault(script + " failed; mend the schema, and have Flyway forget it (flyway repair)");
        } else if (version == null) {
            // The row that tells of a schema that Flyway made has no version either.
            if (!type.equals("SCHEMA")) {
                repeatable(type, script, row);
            }
        } else {
            versioned(Version.parse(version.replace('_', '.')), version, type, script, row);
        }
    }

    private void repeatable(String type, String script, ResultSet row) throws SQLException {
        String name = script.substring(script.lastIndexOf('/') + 1).replaceFirst("\\.sql$", "");
        if (type.equals("DELETE")) {
            repeatables.remove(name);
        } else {
            int sum = row.getInt(5);
            Integer known = row.wasNull() ? null : sum;
            repeatables.put(name, new Applied(name, script, known, origin(row)));
        }
    }

    private static Origin origin(ResultSet row) throws SQLException {
        return new Origin(ForeignTable.instant(row.getString(7)), row.getString(6), row.getLong(8));
    }

    private void versioned(Version number, String version, String type, String script, ResultSet row)
            throws SQLException {
        Origin origin = origin(row);
        if (type.startsWith("UNDO") || type.equals("DELETE")) {
            applied.remove(number);
        } else if (type.endsWith("BASELINE")) {
            baselines.put(number, origin);
        } else if (!type.equals("SCHEMA")) {
            int sum = row.getInt(5);
            boolean ofFile = !row.wasNull() && type.equals("SQL");
            applied.put(number, new Applied(version, script, ofFile ? sum : null, origin));
        }
    }

    private static void requireSameFile(Applied each, ForeignClaims claims) {
        Migration file = claims.file(each.version);
        if (file != null && each.sum != null) {
            int now = sum(file.up());
            if (now != each.sum) {
                claims.fault(file.origin() + " was changed since Flyway ran it (its checksum was " + each.sum
                        + ", and is " + now + "): put it back as it was, or accept it with flyway repair");
            }
        }
    }

    /** Flyway's sum of a script: CRC32 over the UTF-8 forms of its lines, without their ends and a byte order mark. */
    static int sum(String script) {
        CRC32 sum = new CRC32();
        String text = script.startsWith("\uFEFF") ? script.substring(1) : script;
        new BufferedReader(new StringReader(text))
                .lines()
                .forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
        return (int) sum.getValue();
    }
}
