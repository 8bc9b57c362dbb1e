package dev.wellhead.examples.labs.practice;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Stands between a client and a server on this machine, and looks at what passes. It may cut the client off for good, as
 * if its process had died: then nothing passes any more, and new connections are closed at once. Thread-safe.
 */
final class Relay implements AutoCloseable {
    private static final int CHUNK = 16_384;

    private final int serverPort;
    private final Supplier<Tap> toServer;
    private final Supplier<Tap> toClient;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    /** Sees the bytes of one connection in one direction. For one thread. */
    @FunctionalInterface
    interface Tap {
        /** Returns how many of these bytes may pass. If it is not all of them, every connection is cut for good. */
        int pass(byte[] chunk, int length);
    }

    private Relay(int serverPort, Supplier<Tap> toServer, Supplier<Tap> toClient) throws IOException {
        this.serverPort = serverPort;
        this.toServer = toServer;
        this.toClient = toClient;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Starts one. Each connection gets taps of its own. */
    static Relay to(int serverPort, Supplier<Tap> toServer, Supplier<Tap> toClient) throws IOException {
        Relay relay = new Relay(serverPort, toServer, toClient);
        daemon(relay::accept);
        return relay;
    }

    /** Returns a tap that lets everything pass. */
    static Tap open() {
        return (chunk, length) -> length;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (cut) {
                    client.close();
                } else {
                    link(client);
                }
            } catch (IOException e) {
                // Either the listener was closed, or the server takes no connection, which the client has seen by now.
            }
        }
    }

    private void link(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        } catch (IOException e) {
            client.close();
            throw e;
        }
        sockets.add(client);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Tap requests = toServer.get();
        Tap replies = toClient.get();
        daemon(() -> pump(client, server, requests));
        daemon(() -> pump(server, client, replies));
    }

    private void pump(Socket from, Socket to, Tap tap) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length;
            while ((length = in.read(chunk)) >= 0) {
                int pass = cut ? 0 : tap.pass(chunk, length);
                out.write(chunk, 0, pass);
                out.flush();
                if (pass < length) {
                    cut = true;
                    sockets.forEach(Relay::close);
                    return;
                }
            }
        } catch (IOException e) {
            // One side has gone; so goes the other.
            close(from);
        } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "lab-relay");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed it is, whatever it says.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(Relay::close);
    }
}
