package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.FaultProxy.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
    private ServerSocket echo;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = startEcho();
        proxy = FaultProxy.to(echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    @Test
    void passesEverythingUntilToldOtherwise() throws IOException {
        try (Socket socket = connect(proxy)) {
            assertThat(roundTrip(socket, "hello")).isEqualTo("hello");
            assertThat(proxy.open()).isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(proxy.open()).isZero());
    }

    @Property(tries = 30)
    void cutDeliversExactlyTheBytesAsked(@ForAll @IntRange(max = 20_000) int bytes) throws IOException {
        try (ServerSocket server = startEcho();
                FaultProxy cutting = FaultProxy.to(server.getLocalPort());
                Socket socket = connect(cutting)) {
            cutting.cutAfter(bytes, Direction.TO_CLIENT);
            Thread writer = new Thread(() -> {
                try {
                    socket.getOutputStream().write(new byte[30_000]);
                } catch (IOException e) {
                    // The cut may come while we still write.
                    return;
                }
            });
            writer.start();

            assertThat(countUntilEnd(socket)).isEqualTo(bytes);
        }
    }

    @Test
    void frozenBytesArriveAfterHealing() throws IOException {
        try (Socket socket = connect(proxy)) {
            proxy.freeze();
            socket.getOutputStream().write("late".getBytes(StandardCharsets.UTF_8));
            socket.setSoTimeout(150);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            proxy.heal();
            socket.setSoTimeout(10_000);

            assertThat(new String(socket.getInputStream().readNBytes(4), StandardCharsets.UTF_8))
                    .isEqualTo("late");
        }
    }

    @Test
    void halfOpenConnectionSwallowsAndTellsNobody() throws IOException {
        try (Socket socket = connect(proxy)) {
            proxy.halfOpen();
            socket.getOutputStream().write("lost".getBytes(StandardCharsets.UTF_8));
            socket.setSoTimeout(150);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            proxy.heal();

            assertThat(roundTrip(socket, "next")).isEqualTo("next");
        }
    }

    @Test
    void forgottenConnectionStaysDeadWhileNewOnesLive() throws IOException {
        try (Socket old = connect(proxy)) {
            assertThat(roundTrip(old, "x")).isEqualTo("x");

            proxy.forget();

            try (Socket fresh = connect(proxy)) {
                assertThat(roundTrip(fresh, "next")).isEqualTo("next");
            }
            old.getOutputStream().write("lost".getBytes(StandardCharsets.UTF_8));
            old.setSoTimeout(150);
            assertThatThrownBy(() -> old.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void resetIsSeenAsReset() throws IOException {
        try (Socket socket = connect(proxy)) {
            assertThat(roundTrip(socket, "x")).isEqualTo("x");

            proxy.reset();

            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    // Many times, as a socket that is closed while a thread waits in accept takes a moment to refuse.
    @RepeatedTest(20)
    void refusedUntilHealed() throws IOException {
        proxy.refuse();
        assertThatThrownBy(() -> connect(proxy)).isInstanceOf(ConnectException.class);

        proxy.heal();

        try (Socket socket = connect(proxy)) {
            assertThat(roundTrip(socket, "back")).isEqualTo("back");
        }
    }

    @Test
    void delayHoldsBackBothWays() throws IOException {
        try (Socket socket = connect(proxy)) {
            proxy.delay(Duration.ofMillis(100));
            long start = System.nanoTime();
            assertThat(roundTrip(socket, "slow")).isEqualTo("slow");

            // A lower bound only: it may always take longer on a busy machine.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    private static Socket connect(FaultProxy proxy) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String roundTrip(Socket socket, String text) throws IOException {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
    }

    private static int countUntilEnd(Socket socket) {
        byte[] buffer = new byte[4096];
        int count = 0;
        try {
            InputStream in = socket.getInputStream();
            int length;
            while ((length = in.read(buffer)) >= 0) {
                count += length;
            }
        } catch (IOException e) {
            // A reset ends the stream as well; what came before it counts.
            return count;
        }
        return count;
    }

    private static ServerSocket startEcho() throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread accept = new Thread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread copy = new Thread(() -> echo(socket));
                    copy.setDaemon(true);
                    copy.start();
                } catch (IOException e) {
                    return;
                }
            }
        });
        accept.setDaemon(true);
        accept.start();
        return server;
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            return;
        }
    }
}
