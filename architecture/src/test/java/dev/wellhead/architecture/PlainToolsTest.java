package dev.wellhead.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.InstalledPostgres;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the page with the plain tools do what it says, on servers as people have them. */
class PlainToolsTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));
    private static final Path MIGRATION =
            CHECKOUT.resolve("examples/prediction-service/src/main/resources/migrations/001_create_users.sql");
    private static final Pattern SQL = Pattern.compile("`((?:select|show) [^`]*)`");

    @TempDir
    private Path folder;

    @Test
    void commandsOfPostgresMoveADatabase() throws Exception {
        Optional<InstalledPostgres> installed = InstalledPostgres.find();
        Assumptions.assumeTrue(installed.isPresent(), "this machine has no PostgreSQL of its own");
        Files.copy(MIGRATION, folder.resolve("001_create_users.sql"));

        try (PostgresServer server = PostgresServer.builder()
                .installation(installed.get().installation())
                .start()) {
            server.administrate("create database app");
            for (String command : tools("psql", "pg_dump", "pg_restore", "createdb")) {
                run(command, server, installed.get().programs());
            }
            run("psql --command '\\d users' app", server, installed.get().programs());

            assertThat(tables(server, "app_restored"))
                    .isEqualTo(tables(server, "app"))
                    .contains("users");
        }
    }

    private static List<String> tables(PostgresServer server, String database) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select tablename from pg_tables where schemaname = 'public'")) {
            List<String> tables = new ArrayList<>();
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
            return tables;
        }
    }

    @Test
    void statementsThatStandAloneRun() throws Exception {
        List<String> statements = SQL.matcher(Files.readString(CHECKOUT.resolve("docs/plain-tools.md")))
                .results()
                .map(found -> found.group(1))
                // The others are parts of one, or stand for any.
                .filter(sql -> sql.contains(" from ") || sql.startsWith("show "))
                .toList();

        assertThat(statements).hasSizeGreaterThanOrEqualTo(2);
        try (Connection connection = PostgresServer.shared().connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                assertThat(statement.execute(sql)).as(sql).isTrue();
            }
        }
    }

    @Test
    void commandOfSqliteCopiesADatabaseInUse() throws Exception {
        Assumptions.assumeTrue(isThere("sqlite3"), "this machine has no sqlite3");
        List<String> commands = tools("sqlite3");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("app.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("create table notes (text text not null)");
            statement.execute("insert into notes values ('here')");

            assertThat(commands).hasSize(1);
            run(commands.get(0), Map.of());
        }

        try (Connection copy = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("copy.db"));
                Statement statement = copy.createStatement();
                var rows = statement.executeQuery("select text from notes")) {
            assertThat(rows.next()).isTrue();
        }
    }

    @Test
    void commandsOfRedisAreUnderstood() throws Exception {
        try (RedisServer server = RedisServer.builder().start()) {
            for (String command : tools("redis-cli")) {
                if (isThere("redis-cli")) {
                    run(command.replace("redis-cli ", "redis-cli -e -p " + server.port() + " "), Map.of());
                } else if (!command.startsWith("redis-cli --")) {
                    assertThat(reply(server, command.substring("redis-cli ".length())))
                            .as(command)
                            .doesNotStartWith("-");
                }
            }
        }
    }

    /** Returns the first line of what Redis answers to a command in words. */
    private static String reply(RedisServer server, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            StringBuilder line = new StringBuilder();
            for (int next = socket.getInputStream().read(); next >= 0 && next != '\r'; ) {
                line.append((char) next);
                next = socket.getInputStream().read();
            }
            return line.toString();
        }
    }

    private static List<String> tools(String... programs) throws IOException {
        return Commands.parts().getOrDefault("tools", List.of()).stream()
                .filter(command -> Stream.of(programs).anyMatch(program -> command.startsWith(program + " ")))
                .toList();
    }

    private static boolean isThere(String program) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + program)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private void run(String command, PostgresServer server, Path programs) throws IOException, InterruptedException {
        run(
                command,
                Map.of(
                        "PGHOST", server.host(),
                        "PGPORT", "" + server.port(),
                        "PGUSER", server.user(),
                        "PGPASSWORD", server.password(),
                        "PATH", programs + ":" + System.getenv("PATH")));
    }

    private void run(String command, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as("%s%n%s", command, printed).isZero();
    }
}
