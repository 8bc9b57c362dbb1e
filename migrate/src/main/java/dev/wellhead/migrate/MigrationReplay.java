package dev.wellhead.migrate;

import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.migrate.internal.Checksum;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
                .map(each -> each.number() + " " + each.upText().checksum())
                .toList();
    }

    /** Those from {@code first} to {@code versions} are left out. */
    private static String fingerprint(List<String> sums, int first, int versions) {
        List<String> known = new ArrayList<>(sums.subList(0, first));
        known.addAll(sums.subList(versions, sums.size()));
        return Checksum.of(String.join("\n", known));
    }
}
