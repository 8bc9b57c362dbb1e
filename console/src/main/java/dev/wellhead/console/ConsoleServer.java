package dev.wellhead.console;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.wellhead.core.internal.DaemonThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server for the console alone. Thread-safe. */
final class ConsoleServer implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int BACKLOG = 32;

    private final HttpServer server;
    private final ExecutorService threads;
    private final URI uri;

    private ConsoleServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
        this.uri = uri(server.getAddress());
    }

    static ConsoleServer start(InetSocketAddress address, HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(address, BACKLOG);
        server.createContext("/", handler);
        DaemonThreads made = DaemonThreads.of("console", "http");
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, made);
        server.setExecutor(threads);
        // The server's own thread is a daemon if the one that starts it is: a console keeps no JVM alive.
        Thread starter = made.newThread(server::start);
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new ConsoleServer(server, threads);
    }

    URI uri() {
        return uri;
    }

    private static URI uri(InetSocketAddress address) {
        InetAddress host =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        String text = host.getHostAddress();
        return URI.create("http://" + (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort() + "/");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
