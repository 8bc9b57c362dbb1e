package dev.wellhead.migrate;

import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.migrate.internal.Checksum;
import dev.wellhead.migrate.internal.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * The schema that migrations make. Its fingerprint is a sum over them in their order, so the sums of their beginnings are
 * those that it had before the last ones came. Immutable.
 */
final class MigrationReplay implements SchemaSource {
    private final MigrationOptions options;

    /** @param options those of the migrator; its data source is not used */
    MigrationReplay(MigrationOptions options) {
        this.options = options;
    }

    @Override
    public String fingerprint() {
        List<String> sums = sums(migrations());
        return fingerprint(sums, sums.size(), sums.size());
    }

    /** Of what the history says, which may be less than there are files, or more. */
    @Override
    public String fingerprint(Connection database) throws SQLException {
        SchemaHistory history = SchemaHistory.of(database, options.schema(), options.historyTable());
        List<HistoryRow> rows = history.read(database);
        if (rows.stream().anyMatch(HistoryRow::isMidway) || !history.exists(database)) {
            // Nothing is known that these migrations could make again: a verification will show what differs.
            return fingerprint();
        }
        SortedMap<Version, HistoryRow> inOrder = new TreeMap<>();
        rows.forEach(row -> inOrder.put(Version.parse(row.version()), row));
        return fingerprint(inOrder.entrySet().stream()
                .map(entry -> sum(entry.getKey(), entry.getValue().checksum())));
    }

    @Override
    public Optional<SchemaSource> withFingerprint(String fingerprint) {
        List<Migration> all = migrations();
        List<String> sums = sums(all);
        int versions = (int) all.stream().filter(each -> !each.isRepeatable()).count();
        for (int first = versions; first >= 0; first--) {
            if (fingerprint(sums, first, versions).equals(fingerprint)) {
                List<Migration> known = new ArrayList<>(all.subList(0, first));
                known.addAll(all.subList(versions, all.size()));
                return Optional.of(new MigrationReplay(options.elsewhere(options.dataSource(), () -> known)));
            }
        }
        return Optional.empty();
    }

    @Override
    public void apply(DataSource target) throws SQLException {
        makeSchemaOfTheHistory(target);
        new JdbcMigrator(options.elsewhere(target, options.source())).migrate();
    }

    // It must be there before the first migration, and somebody has made it in the real database.
    private void makeSchemaOfTheHistory(DataSource target) throws SQLException {
        if (options.schema() == null) {
            return;
        }
        try (Connection connection = target.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            if (Dialect.of(connection) == Dialect.POSTGRESQL) {
                statement.execute("create schema if not exists " + Identifiers.quote(options.schema()));
            }
        }
    }

    private List<Migration> migrations() {
        return JdbcMigrator.inOrder(options.source().load());
    }

    private static List<String> sums(List<Migration> migrations) {
        return migrations.stream()
                .map(each -> sum(each.number(), each.upText().checksum()))
                .toList();
    }

    private static String sum(Version number, String checksum) {
        return number + " " + checksum;
    }

    /** Those from {@code first} to {@code versions} are left out. */
    private static String fingerprint(List<String> sums, int first, int versions) {
        return fingerprint(
                Stream.concat(sums.subList(0, first).stream(), sums.subList(versions, sums.size()).stream()));
    }

    private static String fingerprint(Stream<String> sums) {
        return Checksum.of(sums.collect(Collectors.joining("\n")));
    }
}
