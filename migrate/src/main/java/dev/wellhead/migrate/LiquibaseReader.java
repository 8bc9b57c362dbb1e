package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.ForeignClaims.Origin;
import dev.wellhead.migrate.internal.FileName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Liquibase's history: change sets, of which a file may hold several. A change set belongs to the migration whose version
 * its file name gives, or else to the one that has its id as version. Of a formatted SQL file all change sets must be
 * applied.
 */
final class LiquibaseReader implements ForeignReader {
    private static final Pattern CHANGE_SET = Pattern.compile("(?im)^\\s*--\\s*changeset\\s+(\\S+?):(\\S+)");

    private final ForeignTable table;
    private final Map<Migration, Set<String>> applied = new LinkedHashMap<>();
    private final Map<Migration, Origin> origins = new HashMap<>();
    private final Map<Migration, String> byId = new HashMap<>();

    LiquibaseReader(ForeignTable table) {
        this.table = table;
    }

    @Override
    public void read(Connection connection, ForeignClaims claims) throws SQLException {
        requireNobodyAtWork(connection, claims);
        String columns = "id, author, filename, exectype, " + table.time("dateexecuted");
        table.read(connection, columns, "orderexecuted", row -> row(row, claims));
        applied.forEach((file, changeSets) -> {
            claims.applied(file, origins.getOrDefault(file, Origin.UNKNOWN));
            requireWhole(file, changeSets, claims);
        });
    }

    private void row(ResultSet row, ForeignClaims claims) throws SQLException {
        String id = row.getString(1);
        String author = row.getString(2);
        String path = row.getString(3);
        String how = String.valueOf(row.getString(4));
        String name = "change set " + author + ":" + id + " of " + path;
        if (how.equals("FAILED")) {
            claims.fault(name + " failed; mend the schema, and have Liquibase run it or forget it");
        } else if (!how.equals("SKIPPED")) {
            Migration file = ofFile(path, claims);
            if (file == null) {
                file = ofId(id, name, claims);
            }
            if (file == null) {
                claims.fault(name + " is applied, and the source has no version by the name of its file or its id");
            } else {
                applied.computeIfAbsent(file, any -> new LinkedHashSet<>()).add(author + ":" + id);
                origins.put(file, new Origin(ForeignTable.instant(row.getString(5)), null, 0));
            }
        }
    }

    private static @Nullable Migration ofFile(String path, ForeignClaims claims) {
        FileName name = FileName.parse(path.substring(path.lastIndexOf('/') + 1));
        return name == null ? null : claims.file(name.version());
    }

    private @Nullable Migration ofId(String id, String name, ForeignClaims claims) {
        Migration file = claims.file(id);
        String other = file == null ? null : byId.putIfAbsent(file, name);
        if (other != null) {
            claims.fault(name + " and " + other + " have one id, and neither file is named by its version");
        }
        return file;
    }

    private static void requireWhole(Migration file, Set<String> changeSets, ForeignClaims claims) {
        Matcher declared = CHANGE_SET.matcher(file.up());
        Set<String> missing = new LinkedHashSet<>();
        while (declared.find()) {
            String changeSet = declared.group(1) + ":" + declared.group(2);
            if (!changeSets.contains(changeSet)) {
                missing.add(changeSet);
            }
        }
        if (!missing.isEmpty()) {
            claims.fault(file.origin() + " is applied in part, without " + String.join(", ", missing)
                    + ": have Liquibase apply the rest, or move it to a file of its own");
        }
    }

    private void requireNobodyAtWork(Connection connection, ForeignClaims claims) throws SQLException {
        TableName lock = new TableName(table.name().schema(), table.name().name() + "lock");
        Set<String> columns = SchemaHistory.columns(connection, table.dialect(), lock);
        if (columns.contains("locked") && columns.contains("lockedby")) {
            ForeignTable locks = new ForeignTable(table.tool(), table.dialect(), lock);
            locks.read(connection, "locked, lockedby", "id", row -> {
                if (ForeignTable.truth(row.getString(1))) {
                    claims.fault("Liquibase is at work, or was killed at it (its lock is held by " + row.getString(2)
                            + "): let it end, or free the lock (liquibase release-locks)");
                }
            });
        }
    }
}
