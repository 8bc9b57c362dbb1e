package dev.wellhead.migrate;

import dev.wellhead.migrate.ForeignClaims.Origin;
import dev.wellhead.migrate.internal.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the history of one tool. */
@FunctionalInterface
interface ForeignReader {
    /** Says what is applied, and what keeps that from being believed. */
    void read(Connection connection, ForeignClaims claims) throws SQLException;

    static ForeignReader of(ForeignTable table) {
        return switch (table.tool()) {
            case FLYWAY -> new FlywayReader(table);
            case LIQUIBASE -> new LiquibaseReader(table);
            case GOLANG_MIGRATE -> (connection, claims) -> golangMigrate(table, connection, claims);
            case DBMATE ->
                (connection, claims) -> table.read(connection, "version", "version", row -> {
                    String version = row.getString(1);
                    claims.applied(version, "version " + version, Origin.UNKNOWN);
                });
            case GOOSE -> (connection, claims) -> goose(table, connection, claims);
            case DIESEL ->
                (connection, claims) -> table.read(connection, "version, " + table.time("run_on"), "version", row -> {
                    String version = row.getString(1);
                    Origin origin = new Origin(ForeignTable.instant(row.getString(2)), null, 0);
                    claims.applied(version, "version " + version, origin);
                });
        };
    }

    /** One row, or none before the first migration; it is dirty from before a script until behind it. */
    private static void golangMigrate(ForeignTable table, Connection connection, ForeignClaims claims)
            throws SQLException {
        table.read(connection, "version, dirty", "version", row -> {
            String version = row.getString(1);
            if (ForeignTable.truth(row.getString(2))) {
                claims.fault("version " + version + " is dirty: it failed, or runs now; look how far it came, and give"
                        + " golang-migrate the version that the schema has (migrate force)");
            } else if (claims.file(version) == null) {
                claims.applied(version, "version " + version, Origin.UNKNOWN);
            } else {
                claims.appliedUpTo(Version.parse(version), Origin.UNKNOWN);
            }
        });
    }

    /** A log: the latest row of a version counts. Row 0 comes with the table. */
    private static void goose(ForeignTable table, Connection connection, ForeignClaims claims) throws SQLException {
        SortedMap<Long, Origin> applied = new TreeMap<>();
        table.read(connection, "version_id, is_applied, " + table.time("tstamp"), "id", row -> {
            long version = row.getLong(1);
            if (ForeignTable.truth(row.getString(2))) {
                applied.put(version, new Origin(ForeignTable.instant(row.getString(3)), null, 0));
            } else {
                applied.remove(version);
            }
        });
        applied.forEach((version, origin) -> {
            if (version != 0) {
                claims.applied(version.toString(), "version " + version, origin);
            }
        });
    }
}
