package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class BackupsTest {
    @TempDir
    private static Path folder;

    private TestDatabase database;
    private ApplicationContextRunner application;

    @BeforeEach
    void create() {
        database = TestDatabase.postgres();
        application = Applications.on(database);
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void withoutAPlaceThereAreNoBackups() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Backups.class));
        application
                .withPropertyValues("wellhead.backup.directory=")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Backups.class));
    }

    @Test
    void scheduleMakesAndVerifiesABackupWithTheMigrationsAsItsSchema() {
        application
                .withPropertyValues(
                        "wellhead.backup.directory=" + folder.resolve("scheduled"),
                        "wellhead.backup.schedule.every=365d")
                .run(context -> {
                    Backups backups = context.getBean(Backups.class);

                    await().atMost(Duration.ofSeconds(60))
                            .until(() -> backups.list().stream()
                                    .anyMatch(backup -> backup.state() == BackupInfo.State.VERIFIED));
                    assertThat(backups)
                            .extracting("engine.schema")
                            .extracting(schema -> schema.getClass().getSimpleName())
                            .isEqualTo("ReplayedSchema");
                });
    }

    /** As a release leaves them: what there was, and one more. */
    @Test
    void backupFromBeforeTheNewestMigrationIsVerifiedWithTheMigrationsOfItsTime() throws IOException {
        Path migrations = Files.createDirectory(folder.resolve("growing"));
        Files.writeString(migrations.resolve("1_notes.sql"), "create table ${prefix}notes (id int)");
        ApplicationContextRunner release = application.withPropertyValues(
                "wellhead.migrate.locations=file:" + migrations,
                "wellhead.migrate.placeholders.prefix=own_",
                "wellhead.migrate.history-table=own_history",
                "wellhead.backup.directory=" + folder.resolve("grown"));
        release.run(context -> {
            database.execute("insert into own_notes values (7)");
            context.getBean(Backups.class).create();
        });
        Files.writeString(migrations.resolve("2_text.sql"), "alter table ${prefix}notes add column text text");

        release.run(context -> {
            Backups backups = context.getBean(Backups.class);

            assertThat(backups.verify(backups.list().get(0).id()).problems()).isEmpty();
            assertThat(backups.verify(backups.create().id()).problems()).isEmpty();
        });
    }

    @Test
    void withoutAnyTimeNothingIsScheduled() {
        application
                .withPropertyValues("wellhead.backup.directory=" + folder.resolve("by-hand"))
                .run(context -> {
                    assertThat(context.getBean(BackupTimes.class).isRunning()).isFalse();
                    assertThat(context.getBean(Backups.class).list()).isEmpty();
                });
    }

    @Test
    void keyOfThePropertiesEncryptsEveryFile() throws IOException {
        Path store = folder.resolve("encrypted");
        database.execute("create table secrets (text text)", "insert into secrets values ('plain to see')");
        application
                .withPropertyValues(
                        "wellhead.migrate.enabled=false",
                        "wellhead.backup.directory=" + store,
                        "wellhead.backup.encryption-key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
                .run(context -> {
                    Backups backups = context.getBean(Backups.class);
                    assertThat(backups.verify(backups.create().id()).verified()).isTrue();
                });

        try (Stream<Path> files = Files.walk(store)) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .noneMatch(file -> text(file).contains("secrets"));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void sqliteFileIsBackedUp() {
        try (TestDatabase file = TestDatabase.sqlite()) {
            Applications.on(file)
                    .withPropertyValues("wellhead.backup.directory=" + folder.resolve("sqlite"))
                    .run(context -> {
                        Backups backups = context.getBean(Backups.class);

                        assertThat(backups.verify(backups.create().id()).verified())
                                .isTrue();
                    });
        }
    }

    @Test
    void databaseInMemoryIsRefused() {
        Applications.plain()
                .withPropertyValues(
                        "spring.datasource.url=jdbc:sqlite::memory:",
                        "wellhead.backup.directory=" + folder.resolve("memory"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(WellheadConfigurationException.class)
                        .hasMessageStartingWith("a database in memory has no backups"));
    }

    @Configuration(proxyBeanMethods = false)
    static class ForeignPool {
        @Bean
        DataSource foreign() {
            return new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/nowhere");
        }
    }

    @Test
    void dataSourceOfSomebodyElseNeedsToBeToldHow() {
        application
                .withUserConfiguration(ForeignPool.class)
                .withPropertyValues(
                        "wellhead.migrate.enabled=false", "wellhead.backup.directory=" + folder.resolve("foreign"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("declare a bean of type dev.wellhead.backup.Database"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {
        @Bean
        BackupStore mine() {
            return BackupStore.directory(folder.resolve("mine"));
        }

        @Bean
        Database other() {
            return Database.sqlite(folder.resolve("other.db"));
        }
    }

    @Test
    void storeAndDatabaseOfTheApplicationWin() {
        application
                .withUserConfiguration(OwnBeans.class)
                .withPropertyValues("wellhead.backup.directory=" + folder.resolve("unused"))
                .run(context -> {
                    assertThat(context).hasSingleBean(BackupStore.class).hasSingleBean(Database.class);
                    assertThat(context.getBean(Backups.class))
                            .extracting("settings.database")
                            .isSameAs(context.getBean("other"));
                });
    }
}
