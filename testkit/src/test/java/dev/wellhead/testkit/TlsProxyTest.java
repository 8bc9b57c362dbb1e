package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.TestCertificates.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsProxyTest {
    // The driver says there what the exception says, too. Held, else it would forget its level.
    private static final Logger DRIVER = Logger.getLogger("org.postgresql.ssl.PGjdbcHostnameVerifier");

    @BeforeAll
    static void silenceTheDriver() {
        DRIVER.setLevel(Level.OFF);
    }

    @AfterAll
    static void letTheDriverSpeak() {
        DRIVER.setLevel(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void redisClientThatChecksTheHostIsServed(String host) throws IOException {
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port())) {
            try (SSLSocket socket = checkingSocket(host, proxy)) {
                assertThat(ping(socket)).isEqualTo("+PONG\r\n");
            }
            assertThat(proxy.handshakes()).isEqualTo(1);
        }
    }

    @Test
    void largeValuesPassBothWays() throws IOException {
        String value = "v".repeat(1_000_000);
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port());
                SSLSocket socket = checkingSocket("localhost", proxy)) {
            socket.getOutputStream().write(ascii("*2\r\n$4\r\nECHO\r\n$1000000\r\n" + value + "\r\n"));

            assertThat(new String(socket.getInputStream().readNBytes(1_000_012), StandardCharsets.US_ASCII))
                    .isEqualTo("$1000000\r\n" + value + "\r\n");
        }
    }

    @Test
    void redisClientWithoutTlsIsNotServed() throws IOException {
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port());
                Socket socket = new Socket("127.0.0.1", proxy.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(ascii("PING\r\n"));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .doesNotContain("PONG");
            assertThat(proxy.handshakes()).isZero();
        }
    }

    @Test
    void wrongHostIsSeenByAClientThatChecksIt() throws IOException {
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port(), Kind.WRONG_HOST)) {
            assertThatThrownBy(() -> checkingSocket("localhost", proxy))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("localhost");
            // The certificate itself is good.
            try (SSLSocket socket = (SSLSocket)
                    TestCertificates.shared().client().getSocketFactory().createSocket("localhost", proxy.port())) {
                assertThat(ping(socket)).isEqualTo("+PONG\r\n");
            }
        }
    }

    @Test
    void untrustedCertificateIsRefused() {
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port(), Kind.UNTRUSTED)) {
            assertThatThrownBy(() -> checkingSocket("localhost", proxy))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("unable to find valid certification path");
        }
    }

    @Test
    void expiredCertificateIsRefused() {
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port(), Kind.EXPIRED)) {
            assertThatThrownBy(() -> checkingSocket("localhost", proxy))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasRootCauseInstanceOf(CertificateExpiredException.class);
        }
    }

    @Test
    void truststoreAndPemHoldTheSameAuthority() throws Exception {
        TestCertificates certificates = TestCertificates.shared();

        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificates.truststore())) {
            store.load(in, certificates.password().toCharArray());
        }
        X509Certificate pem;
        try (InputStream in = Files.newInputStream(certificates.authority())) {
            pem = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }

        assertThat(store.size()).isEqualTo(1);
        assertThat(store.getCertificate(store.aliases().nextElement())).isEqualTo(pem);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port());
                SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", proxy.port())) {
            assertThat(ping(socket)).isEqualTo("+PONG\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sslnegotiation=postgres", "sslnegotiation=direct"})
    void postgresClientIsServedWithFullVerification(String negotiation) throws SQLException {
        try (TlsProxy proxy = TlsProxy.toPostgres(PostgresServer.shared().port())) {
            try (Connection connection = connect(proxy, "sslmode=verify-full&" + negotiation);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select repeat('x', 100000)")) {
                rows.next();
                assertThat(rows.getString(1)).hasSize(100_000);
            }
            assertThat(proxy.handshakes()).isEqualTo(1);
        }
    }

    @Test
    void postgresClientRefusesTheWrongHostOnlyIfItChecksIt() throws SQLException {
        try (TlsProxy proxy = TlsProxy.toPostgres(PostgresServer.shared().port(), Kind.WRONG_HOST)) {
            assertThatThrownBy(() -> connect(proxy, "sslmode=verify-full"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("127.0.0.1");
            try (Connection connection = connect(proxy, "sslmode=verify-ca")) {
                assertThat(connection.isValid(10)).isTrue();
            }
        }
    }

    @Test
    void postgresClientRefusesAnUntrustedCertificate() {
        try (TlsProxy proxy = TlsProxy.toPostgres(PostgresServer.shared().port(), Kind.UNTRUSTED)) {
            assertThatThrownBy(() -> connect(proxy, "sslmode=verify-ca"))
                    .isInstanceOf(SQLException.class)
                    .hasRootCauseInstanceOf(GeneralSecurityException.class);
        }
    }

    @Test
    void postgresClientWithoutTlsIsTurnedAway() {
        try (TlsProxy proxy = TlsProxy.toPostgres(PostgresServer.shared().port())) {
            assertThatThrownBy(() -> connect(proxy, "sslmode=disable"))
                    .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
                    .extracting(SQLException::getSQLState)
                    .isEqualTo("28000");
        }
    }

    @Test
    void closedServerEndsTheClientsConnection() throws IOException {
        try (RedisServer server = RedisServer.builder().start();
                TlsProxy proxy = TlsProxy.toRedis(server.port());
                SSLSocket socket = checkingSocket("localhost", proxy)) {
            assertThat(ping(socket)).isEqualTo("+PONG\r\n");

            server.kill();

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void closedClientEndsTheServersConnection() throws IOException {
        try (RedisServer server = RedisServer.builder().start();
                TlsProxy proxy = TlsProxy.toRedis(server.port());
                RedisConnection direct = server.connect()) {
            SSLSocket socket = checkingSocket("localhost", proxy);
            assertThat(ping(socket)).isEqualTo("+PONG\r\n");
            await().until(() -> clients(direct) == 2);

            socket.close();

            await().until(() -> clients(direct) == 1);
        }
    }

    private static long clients(RedisConnection direct) throws IOException {
        return direct.text("CLIENT", "LIST").lines().count();
    }

    private static SSLSocket checkingSocket(String host, TlsProxy proxy) throws IOException {
        Socket plain = new Socket();
        plain.connect(new InetSocketAddress(host, proxy.port()), 10_000);
        SSLSocket socket = (SSLSocket) TestCertificates.shared()
                .client()
                .getSocketFactory()
                .createSocket(plain, host, proxy.port(), /* autoClose= */ true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(10_000);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    private static String ping(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(ascii("PING\r\n"));
        return new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
    }

    private static Connection connect(TlsProxy proxy, String parameters) throws SQLException {
        PostgresServer server = PostgresServer.shared();
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?" + parameters + "&sslrootcert="
                        + TestCertificates.shared().authority(),
                server.user(),
                server.password());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
