package dev.wellhead.spring;

import dev.wellhead.backup.BackupListener;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.KeyRing;
import dev.wellhead.core.MetricSink;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.spring.BackupProperties.Schema;
import dev.wellhead.spring.WellheadConfigurationException.Reason;
import java.nio.file.Path;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** {@link Backups} of the application's database, where there is a place for them, and their schedule. */
@AutoConfiguration(after = WellheadMigrateAutoConfiguration.class)
@ConditionalOnClass(Backups.class)
@ConditionalOnProperty(
        name = {"wellhead.enabled", "wellhead.backup.enabled"},
        matchIfMissing = true)
@EnableConfigurationProperties(BackupProperties.class)
public final class WellheadBackupAutoConfiguration {
    WellheadBackupAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    @Conditional(OnBackupDirectory.class)
    BackupStore wellheadBackupStore(BackupProperties properties, ObjectProvider<KeyRing> keys) {
        BackupStore store = BackupStore.directory(Objects.requireNonNull(properties.directory(), "directory"));
        KeyRing ring = keys.getIfAvailable(() -> BackupSettings.keys(properties));
        return ring == null ? store : store.encrypted(ring);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(BackupStore.class)
    Database wellheadBackupDatabase(
            BackupProperties properties,
            ObjectProvider<DataSource> dataSource,
            ObjectProvider<DatabaseAddress> address,
            ObjectProvider<SqliteDatabase> sqlite,
            ObjectProvider<Migrator> migrator) {
        SqliteDatabase file = sqlite.getIfAvailable();
        if (file != null) {
            return Database.sqlite(path(address.getIfAvailable()));
        }
        DataSource source = dataSource.getIfAvailable();
        DirectDataSource direct =
                source == null ? null : Pools.direct(source, null).orElse(null);
        if (direct == null) {
            throw new WellheadConfigurationException(
                    Reason.BACKUP,
                    "backups need connections of their own, and the data source is not ours; declare a bean of type"
                            + " dev.wellhead.backup.Database, as Database.postgres(DirectDataSource.of(url, user, password)),"
                            + " or remove wellhead.backup.directory");
        }
        return postgres(direct, properties.schema(), migrator.getIfAvailable());
    }

    private static Database postgres(DirectDataSource direct, @Nullable Schema schema, @Nullable Migrator migrator) {
        if (schema == Schema.MIGRATIONS && migrator == null) {
            throw new WellheadConfigurationException(
                    Reason.BACKUP,
                    "wellhead.backup.schema is migrations, and there are none; set wellhead.migrate.locations, or"
                            + " wellhead.backup.schema=catalogue");
        }
        return schema == Schema.CATALOGUE || migrator == null
                ? Database.postgres(direct)
                : Database.postgres(direct, migrator.replay());
    }

    private static Path path(@Nullable DatabaseAddress address) {
        String url = address == null ? "" : address.url();
        if (!url.startsWith(SqliteUrl.PREFIX)) {
            throw new WellheadConfigurationException(
                    Reason.BACKUP,
                    "where the SQLite file lies is not known, as the SqliteDatabase is a bean of the application's; declare"
                            + " a bean of type dev.wellhead.backup.Database, as Database.sqlite(path)");
        }
        return SqliteUrl.file(url)
                .orElseThrow(() -> new WellheadConfigurationException(
                        Reason.BACKUP,
                        "a database in memory has no backups; give spring.datasource.url a file, or remove"
                                + " wellhead.backup.directory"));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(BackupStore.class)
    Backups wellheadBackups(
            Database database,
            BackupStore store,
            BackupProperties properties,
            ObjectProvider<MetricSink> metrics,
            ObjectProvider<BackupListener> listener,
            ObjectProvider<BuilderCustomizer<Backups.Builder>> customizers) {
        Backups.Builder builder = Backups.builder(database, store);
        Settings settings = BackupSettings.apply(properties, builder);
        metrics.ifAvailable(builder::metrics);
        listener.ifAvailable(builder::listener);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return settings.build(builder::build);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(Backups.class)
    BackupTimes wellheadBackupTimes(Backups backups, BackupProperties properties) {
        return new BackupTimes(BackupSettings.schedule(properties.schedule(), backups));
    }
}
