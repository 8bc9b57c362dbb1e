package dev.wellhead.examples.prediction;

import dev.wellhead.backup.SchemaSource;
import dev.wellhead.migrate.Migration;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.sql.DataSource;

/** Joins migrate and backup, which do not know each other: a backup's schema is what the migrations make. */
final class MigrationReplay implements SchemaSource {
    private final MigrationSource migrations;

    MigrationReplay(MigrationSource migrations) {
        this.migrations = migrations;
    }

    @Override
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Migration migration : migrations.load()) {
                digest.update((migration.version() + '\0' + migration.up() + '\0').getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    @Override
    public void apply(DataSource target) {
        Migrator.builder(target).source(migrations).build().migrate();
    }
}
