package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.compatibility.PublishedScripts.Script;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.Migration;
import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.migrate.internal.Lexer;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.SimpleQuery;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SQL files that engines and frameworks publish, run by a migrator and, whole, by the database itself. What the database
 * refuses (an upgrade whose base is older than the jar), a migrator must be refused with the same SQLState.
 */
class PublishedScriptsTest {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedScriptsTest.class);
    private static final Pattern STATE = Pattern.compile("\\bC([0-9A-Z]{5})\\b|SQLState ([0-9A-Z]{5})");
    private static final String CAMUNDA = "org/camunda/bpm/engine/db/create/activiti.postgres.create.engine.sql";
    private static final String OPERATON = "org/operaton/bpm/engine/db/create/activiti.postgres.create.engine.sql";
    private static final String FLOWABLE = "org/flowable/db/create/flowable.postgres.create.engine.sql";
    private static final String COMMON = "org/flowable/common/db/create/flowable.postgres.create.common.sql";
    private static final String IDM = "org/flowable/idm/db/create/flowable.postgres.create.identity.sql";
    private static final String ACTIVITI = "org/activiti/db/create/activiti.postgres.create.engine.sql";
    private static final String QUARTZ = "org/quartz/impl/jdbcjobstore/tables_postgres.sql";
    private static final String BATCH = "org/springframework/batch/core/schema-postgresql.sql";
    private static final String SESSION = "org/springframework/session/jdbc/schema-postgresql.sql";
    private static final String INTEGRATION = "org/springframework/integration/jdbc/schema-postgresql.sql";
    private static final String MODULITH = "org/springframework/modulith/events/jdbc/schemas/v2/schema-postgresql.sql";
    private static final String CHAT = "org/springframework/ai/chat/memory/repository/jdbc/schema-postgresql.sql";
    private static final String JOBS = "org/jobrunr/storage/sql/postgres/migrations/v014__improve_job_stats.sql";

    /** How many files there were, and how many of them the database itself ran. */
    private record Count(int files, int ran) {
        Count plus(Count other) {
            return new Count(files + other.files, ran + other.ran);
        }
    }

    @Test
    void frameworksSchemasOnPostgresComeOutAsTheServerMakesThem() throws Exception {
        Count count = postgres(QUARTZ, "postgres")
                .plus(postgres(BATCH, "postgresql"))
                .plus(postgres(SESSION, "postgresql"))
                .plus(postgres(INTEGRATION, "postgresql"))
                .plus(postgres(MODULITH, "v2/.*postgresql"))
                .plus(postgres(CHAT, "postgresql"))
                .plus(postgres(CAMUNDA, "liquibase.*postgres"));

        assertThat(count.files).isGreaterThan(25);
        assertThat(count.ran).isGreaterThan(22);
    }

    @Test
    void frameworksSchemasOnSqliteComeOutAsItMakesThem() throws Exception {
        Count count = sqlite(BATCH, "sqlite").plus(sqlite(SESSION, "sqlite")).plus(sqlite(CHAT, "sqlite"));

        assertThat(count.files).isEqualTo(7);
        assertThat(count.ran).isGreaterThan(4);
    }

    @Tag("thorough")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    @Test
    void hundredsOfScriptsOnPostgresEndAsTheServerEndsThem() throws Exception {
        Count count = postgres(CAMUNDA, "/(create|drop)/.*postgres")
                .plus(postgres(CAMUNDA, "db/upgrade/.*postgres|db/create/.*postgres"))
                .plus(postgres(CAMUNDA, "db/liquibase.*postgres"))
                .plus(postgres(OPERATON, "postgres"))
                .plus(postgres(FLOWABLE, "postgres"))
                .plus(postgres(COMMON, "postgres"))
                .plus(postgres(IDM, "postgres"))
                .plus(postgres(ACTIVITI, "postgres"))
                .plus(postgres(MODULITH, "v1/.*postgresql"))
                .plus(postgres(JOBS, "sql/common|sql/postgres"));

        LOG.warn("{} files, of which the server itself ran {}", count.files, count.ran);
        assertThat(count.files).isGreaterThanOrEqualTo(300);
        assertThat(count.ran).isGreaterThan(80);
    }

    @Test
    void everyFileForPostgresOrSqliteComesApartAndLosesNothing() throws Exception {
        int statements = 0;
        int files = 0;
        for (String jar : List.of(CAMUNDA, OPERATON, FLOWABLE, COMMON, IDM, ACTIVITI, QUARTZ, BATCH, SESSION, JOBS)) {
            for (Script script : PublishedScripts.in(jar, "postgres|sqlite|h2|common")) {
                files++;
                statements += Lexer.split(script.text(), Dialect.POSTGRESQL).size();
            }
        }

        assertThat(files).isGreaterThan(600);
        assertThat(statements).isGreaterThan(5_000);
    }

    private static Count postgres(String jar, String path) throws Exception {
        int ran = 0;
        List<Script> scripts = PublishedScripts.in(jar, path);
        try (TestDatabase theirs = TestDatabase.postgres();
                TestDatabase ours = TestDatabase.postgres();
                SimpleQuery server = SimpleQuery.to(PostgresServer.shared(), theirs.name())) {
            List<Migration> applied = new ArrayList<>();
            for (Script script : scripts) {
                String expected = "";
                try {
                    server.run(script.text());
                    ran++;
                } catch (IllegalStateException e) {
                    expected = state(e.getMessage());
                }
                same(script, expected, ours, theirs, applied);
            }
        }
        LOG.warn("{}: {} files, {} ran", jar, scripts.size(), ran);
        return new Count(scripts.size(), ran);
    }

    private static Count sqlite(String jar, String path) throws SQLException {
        int ran = 0;
        List<Script> scripts = PublishedScripts.in(jar, path);
        try (TestDatabase theirs = TestDatabase.sqlite();
                TestDatabase ours = TestDatabase.sqlite()) {
            List<Migration> applied = new ArrayList<>();
            for (Script script : scripts) {
                String expected = "";
                try (Connection connection = theirs.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.executeUpdate("begin");
                    // This goes to sqlite3_exec, which runs all statements that SQLite finds.
                    statement.executeUpdate(script.text());
                    statement.executeUpdate("commit");
                    ran++;
                } catch (SQLException e) {
                    expected = "refused";
                }
                same(script, expected, ours, theirs, applied);
            }
        }
        return new Count(scripts.size(), ran);
    }

    private static void same(
            Script script, String expected, TestDatabase ours, TestDatabase theirs, List<Migration> applied) {
        Migration next = Migration.of("" + (applied.size() + 1), script.name(), script.text());
        applied.add(next);
        String seen = "";
        try {
            migrator(ours, applied).migrate();
        } catch (MigrationException e) {
            seen = ours.url().startsWith("jdbc:sqlite") ? "refused" : state(String.valueOf(e.getMessage()));
            applied.remove(next);
        }

        assertThat(seen).as(script.name()).isEqualTo(expected);
        assertThat(migrator(ours, List.of()).snapshot().text())
                .as(script.name())
                .isEqualTo(migrator(theirs, List.of()).snapshot().text());
    }

    private static Migrator migrator(TestDatabase database, List<Migration> migrations) {
        return Migrator.builder(database.dataSource())
                .source(MigrationSource.of(migrations.toArray(Migration[]::new)))
                .withoutSnapshots()
                .build();
    }

    private static String state(String message) {
        Matcher state = STATE.matcher(message);
        return state.find() ? (state.group(1) != null ? state.group(1) : state.group(2)) : message;
    }
}
