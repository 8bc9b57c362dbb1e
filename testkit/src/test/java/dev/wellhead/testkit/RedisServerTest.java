package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RedisServerTest {
    @Test
    void answersAndComesBackOnTheSamePortAfterKill() throws IOException {
        try (RedisServer server = RedisServer.builder().start()) {
            assertThat(ask(server.port(), "PING")).isEqualTo("+PONG");

            server.kill();
            assertThatThrownBy(() -> ask(server.port(), "PING")).isInstanceOf(IOException.class);
            server.start();

            assertThat(ask(server.port(), "PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void pausedServerKeepsConnectionsAndStaysSilent() throws IOException {
        try (RedisServer server = RedisServer.builder().start();
                Socket socket = new Socket("127.0.0.1", server.port())) {
            server.pause();
            socket.setSoTimeout(200);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            server.resume();
            socket.setSoTimeout(10_000);

            assertThat(socket.getInputStream().read()).isEqualTo('+');
        }
    }

    @Test
    void settingsReachTheServer() throws IOException {
        try (RedisServer server =
                RedisServer.builder().setting("requirepass", "canary").start()) {
            assertThat(ask(server.port(), "PING")).startsWith("-NOAUTH");
        }
    }

    @Test
    void replicaFollowsUntilItIsPromotedForGood() throws IOException {
        try (RedisServer primary =
                        RedisServer.builder().setting("requirepass", "canary").start();
                RedisServer replica = RedisServer.builder().replicaOf(primary).start()) {
            assertThat(call(primary, "SET", "key", "value")).isEqualTo("OK");
            replica.awaitInSync();
            assertThat(call(replica, "GET", "key")).isEqualTo("value");
            assertThatThrownBy(() -> call(replica, "SET", "key", "new")).hasMessageContaining("READONLY");

            primary.kill();
            replica.promote();

            assertThat(call(replica, "SET", "key", "new")).isEqualTo("OK");
            replica.kill();
            replica.start();
            assertThat(call(replica, "ROLE")).isEqualTo("master");
        }
    }

    @Test
    void replicaThatIsCutOffIsNotTakenForInSync() throws IOException {
        try (RedisServer primary = RedisServer.builder().start();
                RedisServer replica = RedisServer.builder().replicaOf(primary).start()) {
            replica.pause();
            call(primary, "SET", "key", "value");
            replica.resume();

            replica.awaitInSync();

            assertThat(call(replica, "GET", "key")).isEqualTo("value");
        }
    }

    private static String call(RedisServer server, String... command) throws IOException {
        try (RedisConnection connection = server.connect()) {
            return connection.text(command);
        }
    }

    static String ask(int port, String command) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] reply = new byte[512];
            int length = socket.getInputStream().read(reply);
            return new String(reply, 0, Math.max(0, length), StandardCharsets.US_ASCII).trim();
        }
    }
}
