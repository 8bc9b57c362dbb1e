package dev.wellhead.testkit;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A proxy on a free loopback port that speaks TLS with clients and plain TCP with the server behind it. Clients without
 * TLS are turned away. Thread-safe.
 */
public final class TlsProxy implements AutoCloseable {
    private enum Opening {
        /** TLS from the first byte. */
        DIRECT,
        /** PostgreSQL's: the client asks for TLS in a plain message first, or begins with TLS from version 17 on. */
        POSTGRES
    }

    private static final int CONNECT_MILLIS = 5000;
    private static final int CHUNK = 16384;
    private static final int REQUEST_BYTES = 8;
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int TLS_HANDSHAKE = 0x16;

    private final InetSocketAddress target;
    private final Opening opening;
    private final SSLContext tls;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger handshakes = new AtomicInteger();

    private TlsProxy(InetSocketAddress target, Opening opening, SSLContext tls, ServerSocket listener) {
        this.target = target;
        this.opening = opening;
        this.tls = tls;
        this.listener = listener;
    }

    /** Starts a proxy in front of a Redis on this machine, with a certificate that clients accept. */
    public static TlsProxy toRedis(int serverPort) {
        return toRedis(serverPort, TestCertificates.Kind.VALID);
    }

    /** Starts a proxy in front of a Redis on this machine. */
    public static TlsProxy toRedis(int serverPort, TestCertificates.Kind certificate) {
        return start(serverPort, Opening.DIRECT, certificate);
    }

    /** Starts a proxy in front of a PostgreSQL on this machine, with a certificate that clients accept. */
    public static TlsProxy toPostgres(int serverPort) {
        return toPostgres(serverPort, TestCertificates.Kind.VALID);
    }

    /** Starts a proxy in front of a PostgreSQL on this machine. */
    public static TlsProxy toPostgres(int serverPort, TestCertificates.Kind certificate) {
        return start(serverPort, Opening.POSTGRES, certificate);
    }

    private static TlsProxy start(int serverPort, Opening opening, TestCertificates.Kind certificate) {
        SSLContext tls = TestCertificates.shared().server(certificate);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try {
            TlsProxy proxy = new TlsProxy(
                    new InetSocketAddress(loopback, serverPort), opening, tls, new ServerSocket(0, 128, loopback));
            proxy.thread("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("TLS proxy: no port to listen on", e);
        }
    }

    /** Returns the proxy's port on 127.0.0.1. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns how many handshakes were completed so far, to prove that a client does use TLS. */
    public int handshakes() {
        return handshakes.get();
    }

    /** Closes the port and every connection. Idempotent. */
    @Override
    public void close() {
        quietly(listener);
        sockets.forEach(TlsProxy::quietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                if (listener.isClosed()) {
                    // close() may not have seen it.
                    quietly(client);
                }
                thread("to-server", () -> serve(client));
            } catch (IOException e) {
                assert listener.isClosed() : e;
            }
        }
    }

    private void serve(Socket plain) {
        try (plain;
                Socket client = secured(plain);
                Socket server = new Socket()) {
            server.connect(target, CONNECT_MILLIS);
            server.setTcpNoDelay(true);
            sockets.add(server);
            Thread back = thread("to-client", () -> {
                pump(server, client);
                // Ends the other direction, which waits for a client that has nothing more to say.
                quietly(client);
            });
            pump(client, server);
            quietly(server);
            back.join();
            sockets.remove(server);
        } catch (IOException e) {
            // A handshake that failed is the client's to tell, and a server that has gone shows as an end.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(plain);
        }
    }

    private SSLSocket secured(Socket plain) throws IOException {
        plain.setTcpNoDelay(true);
        byte[] read = opening == Opening.POSTGRES ? readRequest(plain) : new byte[0];
        SSLSocket secured = (SSLSocket)
                tls.getSocketFactory().createSocket(plain, new ByteArrayInputStream(read), /* autoClose= */ true);
        secured.setUseClientMode(false);
        if (opening == Opening.POSTGRES) {
            SSLParameters parameters = secured.getSSLParameters();
            // Asked for by clients that begin with TLS.
            parameters.setApplicationProtocols(new String[] {"postgresql"});
            secured.setSSLParameters(parameters);
        }
        secured.startHandshake();
        handshakes.incrementAndGet();
        return secured;
    }

    /** Reads what comes before TLS and says yes to it; returns what was read of TLS itself. */
    private static byte[] readRequest(Socket plain) throws IOException {
        DataInputStream in = new DataInputStream(plain.getInputStream());
        while (true) {
            int first = in.readUnsignedByte();
            if (first == TLS_HANDSHAKE) {
                return new byte[] {(byte) first};
            }
            byte[] request = new byte[REQUEST_BYTES];
            in.readFully(request, 1, REQUEST_BYTES - 1);
            int code = ByteBuffer.wrap(request).getInt(Integer.BYTES);
            if (code == SSL_REQUEST) {
                plain.getOutputStream().write('S');
                return new byte[0];
            }
            if (code != GSS_REQUEST) {
                PgMessage.fatal("28000", "TLS proxy: connections without TLS are not accepted")
                        .write(plain.getOutputStream());
                throw new EOFException("client without TLS");
            }
            plain.getOutputStream().write('N');
        }
    }

    private static void pump(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length;
            while ((length = in.read(chunk)) >= 0) {
                out.write(chunk, 0, length);
                out.flush();
            }
        } catch (IOException e) {
            // Either side has gone: the caller closes both.
            return;
        }
    }

    private Thread thread(String role, Runnable task) {
        Thread thread = new Thread(task, "tls-proxy-" + port() + "-" + role);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void quietly(AutoCloseable closing) {
        try {
            closing.close();
        } catch (Exception e) {
            // Closed it is, whatever it says.
            return;
        }
    }
}
