package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class TransactionPoolingProxyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static PostgresServer server;
    private TransactionPoolingProxy proxy;
    private Connection connection;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() throws SQLException {
        proxy = TransactionPoolingProxy.to(server);
        connection = proxy.connect("postgres");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
        proxy.close();
    }

    @Test
    void eachTransactionGetsAnotherServerConnectionThanTheLast() throws SQLException {
        List<String> pids = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pids.add(query(connection, "select pg_backend_pid()"));
        }

        assertThat(pids.get(1)).isNotEqualTo(pids.get(0));
        assertThat(pids.get(2)).isEqualTo(pids.get(0));
        assertThat(pids.get(3)).isEqualTo(pids.get(1));
    }

    @Test
    void oneTransactionHasOneServerConnection() throws SQLException {
        connection.setAutoCommit(false);
        Set<String> pids = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            pids.add(query(connection, "select pg_backend_pid()"));
        }
        connection.commit();

        assertThat(pids).hasSize(1);
        assertThat(query(connection, "select pg_backend_pid()")).isNotIn(pids);
        connection.rollback();
    }

    @Test
    void sessionStateIsNotThereInTheNextTransaction() throws SQLException {
        execute(connection, "set work_mem = '1234kB'");
        assertThat(query(connection, "show work_mem")).isNotEqualTo("1234kB");

        assertThat(query(connection, "show work_mem")).isEqualTo("1234kB");
    }

    @Test
    void advisoryLockOfASessionIsHeldBySomebodyElse() throws SQLException {
        assertThat(query(connection, "select pg_try_advisory_lock(42)")).isEqualTo("t");

        assertThat(query(connection, "select pg_try_advisory_lock(42)")).isEqualTo("f");
    }

    @Test
    void namedPreparedStatementIsNotThereInTheNextTransaction() throws SQLException {
        String named = proxy.url("postgres").replace("prepareThreshold=0", "prepareThreshold=1");
        try (Connection naming = DriverManager.getConnection(named, server.user(), server.password());
                PreparedStatement statement = naming.prepareStatement("select 1")) {
            // Outside of transactions the driver heals this by itself, one error later.
            naming.setAutoCommit(false);
            statement.executeQuery().close();
            naming.commit();

            assertThatThrownBy(statement::executeQuery)
                    .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
                    .extracting(SQLException::getSQLState)
                    .isEqualTo("26000");
        }
    }

    @Test
    void copyWorksBothWaysWithinATransaction() throws Exception {
        execute(connection, "create table copied (n int)");
        connection.setAutoCommit(false);
        var copies = connection.unwrap(PGConnection.class).getCopyAPI();
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            rows.append(i).append('\n');
        }

        copies.copyIn("copy copied from stdin", new ByteArrayInputStream(ascii(rows.toString())));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        copies.copyOut("copy (select n from copied order by n) to stdout", out);
        connection.commit();

        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(rows.toString());
        assertThat(query(connection, "select count(*) from copied")).isEqualTo("50000");
        connection.commit();
    }

    @Test
    void failedCopyLeavesTheConnectionUsable() throws Exception {
        execute(connection, "create table refused (n int)");
        var copies = connection.unwrap(PGConnection.class).getCopyAPI();

        assertThatThrownBy(() -> copies.copyIn(
                        "copy refused from stdin",
                        new ByteArrayInputStream(ascii("1\n".repeat(20_000) + "x\n".repeat(20_000)))))
                .hasMessageContaining("invalid input syntax");

        assertThat(query(connection, "select count(*) from refused")).isEqualTo("0");
    }

    @Test
    void batchesSentAheadAreAnsweredInOrder() throws SQLException {
        execute(connection, "create table batch (n int, filler text)");
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
                connection.prepareStatement("insert into batch values (?, repeat('x', 500)) returning filler")) {
            for (int i = 0; i < 3000; i++) {
                insert.setInt(1, i);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).hasSize(3000);
        }
        connection.commit();

        assertThat(query(connection, "select sum(n) from batch")).isEqualTo("" + 3000 * 2999 / 2);
        connection.commit();
    }

    @Test
    void queriesSentWithoutWaitingKeepTheirOrder() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", proxy.port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            PgMessage.writeBody(
                    socket.getOutputStream(),
                    PgMessage.body(196608, "user", server.user(), "database", "postgres", new byte[1]));
            PgMessage.of('p', server.password()).write(socket.getOutputStream());
            for (int i = 0; i < 100; i++) {
                PgMessage.of('Q', "select " + i).write(socket.getOutputStream());
            }

            List<String> rows = new ArrayList<>();
            while (rows.size() < 100) {
                PgMessage message = PgMessage.read(in);
                assertThat(message.type()).isNotEqualTo('E');
                if (message.type() == 'D') {
                    // Two bytes of how many columns, four of the length.
                    rows.add(new String(message.body(), 6, message.body().length - 6, StandardCharsets.US_ASCII));
                }
            }

            for (int i = 0; i < 100; i++) {
                assertThat(rows.get(i)).isEqualTo("" + i);
            }
        }
    }

    @Test
    void manyClientsShareTheFewServerConnections() throws Exception {
        List<CompletableFuture<Set<String>>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(CompletableFuture.supplyAsync(this::pidsOfFiftyTransactions));
        }

        Set<String> pids = new HashSet<>();
        for (CompletableFuture<Set<String>> client : clients) {
            pids.addAll(client.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        assertThat(pids).hasSize(2);
    }

    @Test
    void clientWaitsWhileAllServerConnectionsAreInTransactions() throws Exception {
        try (Connection one = proxy.connect("postgres");
                Connection two = proxy.connect("postgres")) {
            one.setAutoCommit(false);
            two.setAutoCommit(false);
            query(one, "select 1");
            query(two, "select 1");
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return query(connection, "select 'served'");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThatThrownBy(() -> waiting.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            one.commit();

            assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("served");
            two.commit();
        }
    }

    @Test
    void cancelReachesTheServerConnectionThatRuns() throws Exception {
        try (Statement statement = connection.createStatement()) {
            CompletableFuture<String> state = CompletableFuture.supplyAsync(() -> {
                try {
                    statement.execute("select pg_sleep(60)");
                    return "finished";
                } catch (SQLException e) {
                    return e.getSQLState();
                }
            });
            await().atMost(PATIENCE).until(() -> !state.isDone() && sleeping() == 1);

            statement.cancel();

            assertThat(state.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("57014");
        }
    }

    @Test
    void transactionOfAClientThatGoesIsRolledBack() throws Exception {
        execute(connection, "create table abandoned (n int)");
        Connection going = proxy.connect("postgres");
        going.setAutoCommit(false);
        execute(going, "insert into abandoned values (1)");

        going.abort(Runnable::run);

        connection.setAutoCommit(false);
        execute(connection, "lock table abandoned");
        assertThat(query(connection, "select count(*) from abandoned")).isEqualTo("0");
        connection.commit();
    }

    @Test
    void passwordIsCheckedByPostgres() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> DriverManager.getConnection(proxy.url("postgres"), server.user(), "wrong"))
                    .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
                    .extracting(SQLException::getSQLState)
                    .isEqualTo("28P01");
        }
    }

    @Test
    void databaseThatDoesNotExistIsRefusedAsByPostgres() {
        assertThatThrownBy(() -> proxy.connect("nowhere"))
                .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
                .extracting(SQLException::getSQLState)
                .isEqualTo("3D000");
    }

    @Test
    void newConnectionsAreOpenedWhenPostgresIsBack() throws Exception {
        try (PostgresServer own = PostgresServer.builder().start();
                TransactionPoolingProxy restarted = TransactionPoolingProxy.to(own)) {
            Connection before = restarted.connect("postgres");
            query(before, "select 1");

            own.kill();
            own.start();

            await().atMost(PATIENCE).untilAsserted(() -> {
                try (Connection after = restarted.connect("postgres")) {
                    assertThat(query(after, "select 1")).isEqualTo("1");
                }
            });
            before.close();
        }
    }

    private Set<String> pidsOfFiftyTransactions() {
        Set<String> pids = new HashSet<>();
        try (Connection client = proxy.connect("postgres")) {
            client.setAutoCommit(false);
            for (int i = 0; i < 50; i++) {
                String pid = query(client, "select pg_backend_pid()");
                assertThat(query(client, "select pg_backend_pid()")).isEqualTo(pid);
                pids.add(pid);
                client.commit();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return pids;
    }

    private static long sleeping() throws SQLException {
        try (Connection direct = server.connect("postgres")) {
            return Long.parseLong(query(
                    direct,
                    "select count(*) from pg_stat_activity where state = 'active' and query like 'select pg_sleep%'"));
        }
    }

    private static String query(Connection on, String sql) throws SQLException {
        try (Statement statement = on.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void execute(Connection on, String sql) throws SQLException {
        try (Statement statement = on.createStatement()) {
            statement.execute(sql);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
