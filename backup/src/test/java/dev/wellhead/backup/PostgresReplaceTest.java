package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: under the name of a database that is to be replaced stands at each moment what was there or what was restored, whole;
 * what was there is kept; and without the token that says what it is nothing is touched.
 */
class PostgresReplaceTest {
    private static final Pattern TOKEN = Pattern.compile("pass '([^']+)'");
    private static final String PASSWORD = "secret";

    @TempDir
    Path folder;

    private TestDatabase database;
    private DirectDataSource direct;
    private Backups backups;
    private String backup;

    @BeforeEach
    void makeABackupAndThenChangeTheDatabase() {
        database = PostgresServer.shared().createDatabase();
        direct = DirectDataSource.of(database.url(), database.user(), database.password());
        database.execute("create table t (id integer primary key)", "insert into t values (1), (2)");
        backups = Backups.builder(Database.postgres(direct), BackupStore.directory(folder))
                .build();
        backup = backups.create().id();
        database.execute("insert into t values (3)", "create table later (id integer)");
    }

    @AfterEach
    void dropAll() throws SQLException {
        for (String name : databases()) {
            PostgresServer.shared().administrate("drop database \"" + name + "\" with (force)");
        }
    }

    @Test
    void databaseIsReplacedByWhoKnowsItsTokenAndKeptUnderAnotherName() throws SQLException {
        String token = tokenOf(database.name());

        RestoreReport report = backups.restore(backup, RestoreTarget.replacingDatabase(database.name(), token));

        assertThat(query(database.name(), "select count(*) from t")).isEqualTo("2");
        assertThat(databases()).hasSize(2);
        String kept = databases().get(1);
        assertThat(kept).matches(database.name() + "_replaced_\\d{8}T\\d{6}Z");
        assertThat(query(kept, "select count(*) from t")).isEqualTo("3");
        assertThat(report.kept()).contains(kept);
        assertThat(report).asString().endsWith("; what was there is kept as " + kept);
    }

    @Test
    void tokenSaysWhichServerWhichDatabaseAndHowMuchIsInIt() throws SQLException {
        String before = tokenOf(database.name());
        database.execute("create table one_more (id integer)");

        assertThatThrownBy(() -> backups.restore(backup, RestoreTarget.replacingDatabase(database.name(), before)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("database " + database.name() + " is there and has")
                .hasMessageContaining("kept under another name");

        assertThat(before).matches("\\d+/" + database.name() + "/\\d+").isNotEqualTo(tokenOf(database.name()));
        assertThat(databases()).containsExactly(database.name());
        assertThat(query(database.name(), "select count(*) from t")).isEqualTo("3");
    }

    @Test
    void databaseThatIsInUseIsLeftAloneAndItsUsersAreNamed() throws SQLException {
        String token = tokenOf(database.name());
        try (Connection user = direct.getConnection()) {
            String pid = query(user, "select pg_backend_pid()");

            assertThatThrownBy(() -> backups.restore(backup, RestoreTarget.replacingDatabase(database.name(), token)))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("in use by 1 sessions (pid " + pid)
                    .hasMessageContaining("nothing was changed");
        }

        assertThat(databases()).containsExactly(database.name());
    }

    @Test
    void whoComesWhileItIsRestoredLeavesBothAsTheyAre() throws SQLException {
        DatabaseSwap swap = new DatabaseSwap(direct, database.name(), Duration.ZERO);
        backups.restore(backup, RestoreTarget.newDatabase(swap.fresh()));
        try (Connection user = direct.getConnection()) {
            assertThat(user.isValid(1)).isTrue();

            assertThatThrownBy(() -> swap.swap(backup))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("stays as " + swap.fresh());
        }

        assertThat(databases()).containsExactly(database.name(), swap.fresh());
        assertThat(query(database.name(), "select count(*) from t")).isEqualTo("3");
        assertThat(query(swap.fresh(), "select count(*) from t")).isEqualTo("2");
    }

    @Test
    void namesAreCutToWhatTheServerTakesAtWholeCharacters() {
        String longest = "ä".repeat(31);

        String fresh = new DatabaseSwap(direct, longest).fresh();

        assertThat(fresh).matches("ä{22}_restoring_[0-9a-f]{8}");
    }

    @Test
    void backupThatComesBackOtherwiseReplacesNothing() throws SQLException {
        String token = tokenOf(database.name());
        Backups replaying = Backups.builder(
                        Database.postgres(direct, SqlSchema.of("create table other (id integer)")),
                        BackupStore.directory(folder.resolve("replaying")))
                .build();
        String made = replaying.create().id();

        assertThatThrownBy(() -> replaying.restore(made, RestoreTarget.replacingDatabase(database.name(), token)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("not equal");

        assertThat(databases()).containsExactly(database.name());
    }

    @Test
    void plainOwnerMayReplaceHisDatabase() throws SQLException {
        String role = database.name() + "_owner";
        PostgresServer server = PostgresServer.shared();
        server.administrate("create role " + role + " login createdb password '" + PASSWORD + "'");
        server.administrate("create database " + database.name() + "_his owner " + role);
        try {
            DirectDataSource his = DirectDataSource.of(server.url(database.name() + "_his"), role, PASSWORD);
            Backups owned = Backups.builder(Database.postgres(his), BackupStore.directory(folder.resolve("his")))
                    .build();
            String made = owned.create().id();
            String token = tokenOf(owned, made, database.name() + "_his");

            owned.restore(made, RestoreTarget.replacingDatabase(database.name() + "_his", token));

            assertThat(databases()).anyMatch(name -> name.startsWith(database.name() + "_his_replaced_"));
        } finally {
            for (String name : databases()) {
                if (name.startsWith(database.name() + "_his")) {
                    server.administrate("drop database \"" + name + "\" with (force)");
                }
            }
            server.administrate("drop role " + role);
        }
    }

    private String tokenOf(String name) {
        return tokenOf(backups, backup, name);
    }

    private static String tokenOf(Backups backups, String backup, String name) {
        BackupException refused = catchThrowableOfType(
                BackupException.class, () -> backups.restore(backup, RestoreTarget.replacingDatabase(name, "?")));
        assertThat(refused.code()).isEqualTo("WH-BACKUP-005");
        Matcher token = TOKEN.matcher(String.valueOf(refused.getMessage()));
        assertThat(token.find()).as(refused.getMessage()).isTrue();
        return token.group(1);
    }

    private List<String> databases() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = direct.onDatabase("postgres").getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select datname from pg_database where datname ~ '^" + database.name() + "(_|$)' order by 1")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private String query(String name, String sql) throws SQLException {
        try (Connection connection = direct.onDatabase(name).getConnection()) {
            return query(connection, sql);
        }
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
