package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationReport;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class MigrationsTest {
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
    void migrationsRunAtTheStartOverConnectionsOfTheirOwn() {
        application.withPropertyValues("wellhead.pool.max-size=1").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(database.queryOne("select count(*) from notes")).isEqualTo("0");
            assertThat(context.getBean(Migrator.class).plan().steps()).isEmpty();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Eager {
        /** Reads what the migrations make as soon as it is made, and is declared before all of ours. */
        @Bean
        String firstLook(JdbcTemplate jdbc) {
            return "notes: " + jdbc.queryForObject("select count(*) from notes", Integer.class);
        }

        @Bean
        @DependsOnDatabaseInitialization
        String secondLook(DataSource dataSource) {
            return "notes: " + new JdbcTemplate(dataSource).queryForObject("select count(*) from notes", Integer.class);
        }
    }

    @Test
    void whoeverUsesTheDatabaseWaitsForThem() {
        application.withUserConfiguration(Eager.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean("firstLook")).isEqualTo("notes: 0");
            assertThat(context.getBean("secondLook")).isEqualTo("notes: 0");
        });
    }

    @Test
    void failedMigrationFailsTheStart() {
        application
                .withPropertyValues("wellhead.migrate.locations=classpath:broken")
                .run(context -> assertThat(Applications.coded(context))
                        .isInstanceOfSatisfying(
                                MigrationException.class,
                                e -> assertThat(e)
                                        .hasMessageContaining("001_broken.sql")
                                        .hasRootCauseInstanceOf(SQLException.class)));
        assertThat(database.queryOne("select to_regclass('half')")).isNull();
    }

    @Test
    void databaseThatIsAwayFailsTheStartWithItsAddress() {
        int port = Ports.free();

        Applications.plain()
                .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:" + port + "/app")
                .run(context -> assertThat(Applications.coded(context))
                        .isInstanceOfSatisfying(MigrationException.class, e -> {
                            assertThat(e.code()).isEqualTo("WH-MIG-012");
                            assertThat(e).hasMessageContaining("127.0.0.1:" + port);
                        }));
    }

    @Test
    void locationThatIsToldMustBeThere() {
        application
                .withPropertyValues("wellhead.migrate.locations=classpath:nowhere")
                .run(context -> assertThat(Applications.coded(context))
                        .isInstanceOfSatisfying(
                                MigrationException.class,
                                e -> assertThat(e).hasMessageContaining("class path folder nowhere")));
    }

    @Test
    void severalLocationsAreOneSource() {
        application
                .withPropertyValues("wellhead.migrate.locations=classpath:migrations,classpath:later")
                .run(context -> assertThat(context.getBean(Migrator.class).status())
                        .extracting("version")
                        .containsExactly("001", "002"));
    }

    @Test
    void withoutAnyMigrationThereIsNoMigrator() {
        application
                .withClassLoader(new FilteredClassLoader(
                        new ClassPathResource("migrations"), new ClassPathResource("migrations/")))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Migrator.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnSource {
        @Bean
        MigrationSource mine() {
            return MigrationSource.of(Map.of("005_mine.sql", "create table mine (id int);"));
        }
    }

    @Test
    void sourceOfTheApplicationWins() {
        application.withUserConfiguration(OwnSource.class).run(context -> {
            assertThat(context).hasSingleBean(MigrationSource.class);
            assertThat(database.queryOne("select count(*) from mine")).isEqualTo("0");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnStart {
        @Bean
        MigrationsAtStart mine(Migrator migrator) {
            return new MigrationsAtStart(migrator) {
                @Override
                protected MigrationReport migrate(Migrator migrator) {
                    migrator.migrate();
                    return migrator.rollback(1);
                }
            };
        }
    }

    @Test
    void runOfTheApplicationWins() {
        application.withUserConfiguration(OwnStart.class).run(context -> {
            assertThat(context).hasSingleBean(MigrationsAtStart.class);
            assertThat(database.queryOne("select to_regclass('notes')")).isNull();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class ForeignPool {
        @Bean
        DataSource foreign(Environment environment) {
            DriverManagerDataSource source = new DriverManagerDataSource(
                    environment.getRequiredProperty("spring.datasource.url"),
                    environment.getRequiredProperty("spring.datasource.username"),
                    environment.getRequiredProperty("spring.datasource.password"));
            return source;
        }
    }

    @Test
    void migrationsAlsoRunOnADataSourceOfSomebodyElse() {
        application.withUserConfiguration(ForeignPool.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(database.queryOne("select count(*) from notes")).isEqualTo("0");
        });
    }

    @Test
    void jdbcTemplateIsStillBoots() {
        application.run(context -> assertThat(context).hasSingleBean(JdbcTemplateAutoConfiguration.class));
    }
}
