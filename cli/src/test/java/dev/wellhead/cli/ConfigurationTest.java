package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where options come from, which of them wins, and where passwords may stand. */
class ConfigurationTest {
    private static final String CANARY = "hunter2-canary";

    @TempDir
    private Path folder;

    private Wellhead wellhead;

    @BeforeEach
    void makeMigrations() throws IOException {
        for (String name : List.of("flag", "variable", "file", "migrations")) {
            Path migrations = Files.createDirectory(folder.resolve(name));
            Files.writeString(migrations.resolve("001_" + name + ".sql"), "select 1;");
        }
        wellhead = Wellhead.in(folder).with("WELLHEAD_URL", "sqlite:none.db");
    }

    private Path settings(String mode, String... lines) throws IOException {
        Path file = folder.resolve("wellhead.properties");
        Files.write(file, List.of(lines));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void optionWinsOverEnvironmentWhichWinsOverFileWhichWinsOverDefault() throws IOException {
        assertThat(wellhead.run("migrate", "plan").out()).contains("001_migrations.sql");

        settings("rw-r--r--", "migrations = file");
        assertThat(wellhead.run("migrate", "plan").out()).contains("001_file.sql");

        Wellhead both = wellhead.with("WELLHEAD_MIGRATIONS", "variable");
        assertThat(both.run("migrate", "plan").out()).contains("001_variable.sql");
        assertThat(both.run("migrate", "plan", "--migrations", "flag").out()).contains("001_flag.sql");
        assertThat(wellhead.with("WELLHEAD_MIGRATIONS", "")
                        .run("migrate", "plan")
                        .out())
                .contains("001_file.sql");
    }

    @Test
    void fileIsTheOneThatIsNamed() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("etc"));
        Files.createDirectory(elsewhere.resolve("there"));
        Files.writeString(elsewhere.resolve("there/001_there.sql"), "select 1;");
        Files.writeString(elsewhere.resolve("app.properties"), "migrations=there\n");

        assertThat(wellhead.run("migrate", "plan", "--config", "etc/app.properties")
                        .out())
                .contains("001_there.sql");
        assertThat(wellhead.run("migrate", "plan", "--config=etc/app.properties")
                        .out())
                .contains("001_there.sql");
        assertThat(wellhead.with("WELLHEAD_CONFIG", "etc/app.properties")
                        .run("migrate", "plan")
                        .out())
                .contains("001_there.sql");
        Outcome missing = wellhead.run("migrate", "plan", "--config", "none.properties");
        assertThat(missing.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(missing.err()).contains("none.properties", "WH-CLI-002");
    }

    @Test
    void unknownPropertyIsRefusedAndKnownOnesNamed() throws IOException {
        settings("rw-------", "migratoins = file");

        Outcome outcome = wellhead.run("migrate", "plan");

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("no property migratoins", "migrations", "WH-CLI-002");
    }

    @Test
    void misspeltVariableIsRefusedAndThatOfAnotherProgramIsNot() {
        Outcome misspelt = wellhead.with("WELLHEAD_MIGRATOINS", "file").run("migrate", "plan");
        Outcome secret = wellhead.with("WELLHEAD_PASWORD", CANARY).run("migrate", "plan", "--json");
        Outcome others = wellhead.with("WELLHEAD_POOL_MAX_SIZE", "10")
                .with("WELLHEAD_REDIS_URL", "redis://cache")
                .with("WELHEAD_URL", "x")
                .run("migrate", "plan");

        assertThat(misspelt.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(misspelt.err()).contains("WELLHEAD_MIGRATOINS", "meant to be WELLHEAD_MIGRATIONS", "WH-CLI-002");
        assertThat(Results.object(Results.json(secret), "error")).containsEntry("code", "WH-CLI-002");
        assertThat(secret.all()).contains("WELLHEAD_PASSWORD").doesNotContain(CANARY);
        assertThat(others.out()).contains("001_migrations.sql");
    }

    @Test
    void badValueFromElsewhereIsNamed() {
        Outcome outcome = wellhead.with("WELLHEAD_LOCK_WAIT", "soon").run("migrate", "plan");

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("--lock-wait", "500ms", "environment");
    }

    @Test
    void urlMustBeGivenAndBeOne() {
        Outcome none = Wellhead.in(folder).run("migrate", "status");
        Outcome bad = Wellhead.in(folder).run("migrate", "status", "--url", "mysql://db/app");
        Outcome memory = Wellhead.in(folder).run("migrate", "status", "--url", "sqlite::memory:");

        assertThat(none.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(none.err()).contains("--url", "WELLHEAD_URL");
        assertThat(bad.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(bad.err()).contains("--url must be as postgresql://");
        assertThat(memory.code()).isEqualTo(ExitCodes.USAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--password=" + CANARY,
                "--PASSWORD=" + CANARY,
                "--redis-password=" + CANARY,
                "--url=postgresql://app:" + CANARY + "@db/app",
                "--url=jdbc:postgresql://db/app?user=app&password=" + CANARY,
                "--url=jdbc:postgresql://db/app?sslpassword=" + CANARY,
                "postgres://app:" + CANARY + "@db/app",
                "postgres://app:a/b?" + CANARY + "@db/app",
                "--url=postgresql://app:12/" + CANARY + "x:y@db/app",
                "--redis=redis://:a/" + CANARY + "@cache:6379",
                "--redis=redis://" + CANARY + "@cache:6379",
                "--redis=rediss://app:" + CANARY + "@cache:6380",
            })
    void passwordInAnArgumentIsRefusedAndNotShown(String argument) {
        Outcome outcome = wellhead.run("migrate", "status", argument);
        Outcome json = wellhead.run("migrate", "status", "--json", argument);

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("WH-CLI-001", "WELLHEAD_PASSWORD").doesNotContain(CANARY);
        assertThat(Results.object(Results.json(json), "error")).containsEntry("code", "WH-CLI-001");
        assertThat(json.all()).doesNotContain(CANARY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://app@db/app",
                "postgresql://app@db:5432/app?ApplicationName=a@b",
                "postgresql://a:5432,[::1]:5433/app?options=x@y",
                "jdbc:postgresql://db/app?user=app&passfile=/etc/app/pass",
                "sqlite:app.db",
                "redis://cache:6379/1?clientName=a@b",
            })
    void urlWithoutAPasswordIsNotTakenForOneThatHasSome(String url) {
        assertThatCode(() -> ShownSecrets.refuseIn(List.of("--url", url, "--url=" + url)))
                .doesNotThrowAnyException();
    }

    @Test
    void passwordBehindAnOptionIsRefusedAndNotShown() {
        Outcome outcome = wellhead.run("migrate", "status", "--password", CANARY);
        Outcome misspelt = wellhead.run("migrate", "status", "--passwrod", CANARY);
        Outcome joined = wellhead.run("migrate", "status", "--passwrod=" + CANARY);

        assertThat(outcome.err()).contains("there is no option for a password").doesNotContain(CANARY);
        assertThat(misspelt.err()).contains("there is no option --passwrod").doesNotContain(CANARY);
        assertThat(joined.err()).contains("there is no option --passwrod").doesNotContain(CANARY);
    }

    @Test
    void urlWithAPasswordIsRefusedWhereverItComesFrom() throws IOException {
        Outcome variable = Wellhead.in(folder)
                .with("WELLHEAD_URL", "postgresql://app:" + CANARY + "@db/app")
                .run("migrate", "status");
        settings("rw-------", "url=jdbc:postgresql://db/app?password=" + CANARY);
        Outcome file = Wellhead.in(folder).run("migrate", "status");
        Outcome redis = Wellhead.in(folder)
                .with("WELLHEAD_URL", "sqlite:x.db")
                .with("WELLHEAD_REDIS", "redis://:" + CANARY + "@cache")
                .run("doctor", "--offline");

        assertThat(variable.err()).contains("WH-CLI-001", "WELLHEAD_URL").doesNotContain(CANARY);
        assertThat(file.err()).contains("WH-CLI-001", "url in ").doesNotContain(CANARY);
        assertThat(redis.err()).contains("WH-CLI-001", "WELLHEAD_REDIS").doesNotContain(CANARY);
    }

    @Test
    void fileWithAPasswordMustBeItsOwnersAlone() throws IOException {
        settings("rw-r-----", "password=" + CANARY);

        Outcome outcome = wellhead.run("migrate", "plan");

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("chmod 600", "WH-CLI-002").doesNotContain(CANARY);
    }

    @Test
    void passwordsComeFromFileAndPropertiesAndPrompt() throws IOException {
        try (TestDatabase database = TestDatabase.postgres()) {
            Wellhead postgres =
                    Wellhead.in(folder).with("WELLHEAD_URL", database.url()).with("WELLHEAD_USER", database.user());
            Path file = Files.writeString(folder.resolve("secret"), database.password() + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));

            assertThat(postgres.run("migrate", "status", "--password-file", "secret")
                            .err())
                    .contains("chmod 600");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            assertThat(postgres.run("migrate", "status", "--password-file", "secret")
                            .code())
                    .isZero();
            assertThat(postgres.run("migrate", "status", "--password-file", "none")
                            .code())
                    .isEqualTo(ExitCodes.UNREACHABLE);

            List<String> questions = new ArrayList<>();
            Wellhead asking = postgres.prompting(question -> {
                questions.add(question);
                return database.password().toCharArray();
            });
            assertThat(asking.run("migrate", "status").code()).isZero();
            assertThat(asking.run("migrate", "status", "--ask-password").code()).isZero();
            assertThat(questions).containsExactly("Password: ", "Password: ");
            assertThat(postgres.run("migrate", "status", "--ask-password").err())
                    .contains("needs a terminal");

            settings("rw-------", "password=" + database.password());
            assertThat(postgres.run("migrate", "status").code()).isZero();
        }
    }

    @Test
    void wrongPasswordAndUnreachableServerAreTold() {
        PostgresServer server = PostgresServer.shared();
        Wellhead postgres =
                Wellhead.in(folder).with("WELLHEAD_USER", server.user()).with("WELLHEAD_PASSWORD", CANARY);

        Outcome wrong = postgres.run("migrate", "status", "--url", server.url("postgres"));
        Outcome away = postgres.run("migrate", "status", "--url", "postgresql://127.0.0.1:1/app");
        Outcome noHost = postgres.run("migrate", "status", "--url", "postgresql://nowhere.invalid/app");
        Outcome noDatabase = postgres.with("WELLHEAD_PASSWORD", server.password())
                .run("migrate", "status", "--url", server.url("nothing_there"));

        assertThat(wrong.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(wrong.err())
                .contains("28P01", "WELLHEAD_PASSWORD", "WH-CLI-003")
                .doesNotContain(CANARY);
        assertThat(away.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(away.err())
                .contains("PostgreSQL at 127.0.0.1:1/app", "wellhead wait")
                .doesNotContain(CANARY);
        assertThat(noHost.err()).contains("Unknown host nowhere.invalid");
        assertThat(noDatabase.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(noDatabase.err()).contains("3D000", "name of the database");
    }

    @Test
    void userMayStandInTheUrl() {
        PostgresServer server = PostgresServer.shared();
        String url = server.url("postgres").replace("jdbc:postgresql://", "postgres://" + server.user() + "@");

        Outcome outcome =
                Wellhead.in(folder).with("WELLHEAD_PASSWORD", server.password()).run("migrate", "plan", "--url", url);

        assertThat(outcome.code()).as(outcome.all()).isZero();
    }
}
