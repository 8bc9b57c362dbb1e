package dev.wellhead.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A connection to a Redis on this machine for the few commands that form and steer clusters. For one thread. */
final class RedisConnection implements AutoCloseable {
    // A paused server accepts connections and says nothing.
    private static final int PATIENCE_MILLIS = 2000;

    private final Socket socket;
    private final InputStream in;

    private RedisConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static RedisConnection open(int port, @Nullable String password) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            RedisConnection connection = new RedisConnection(socket);
            if (password != null) {
                connection.call("AUTH", password);
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends a command and returns its reply as text, an array as its elements one after the other, nested ones in place.
     *
     * @throws RefusedException if the reply is an error
     */
    List<String> call(String... command) throws IOException {
        send(command);
        List<String> values = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        readReply(values, errors);
        if (!errors.isEmpty()) {
            // Without the arguments, since one of them may be a password.
            throw new RefusedException("redis refused " + command[0] + ": " + errors.get(0));
        }
        return values;
    }

    /** The same for a reply that is one value. */
    String text(String... command) throws IOException {
        return call(command).get(0);
    }

    /** The same for a reply of lines {@code name:value}, as INFO and CLUSTER INFO have them. */
    Map<String, String> properties(String... command) throws IOException {
        return text(command)
                .lines()
                .filter(line -> line.indexOf(':') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')), line -> line.substring(line.indexOf(':') + 1)));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void send(String... command) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ascii("*" + command.length + "\r\n"));
        for (String argument : command) {
            byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(ascii("$" + bytes.length + "\r\n"));
            out.writeBytes(bytes);
            out.writeBytes(ascii("\r\n"));
        }
        socket.getOutputStream().write(out.toByteArray());
    }

    private void readReply(List<String> values, List<String> errors) throws IOException {
        String line = readLine();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+', ':' -> values.add(rest);
            case '-' -> errors.add(rest);
            case '$' -> values.add(readBulk(Integer.parseInt(rest)));
            case '*' -> {
                for (int left = Integer.parseInt(rest); left > 0; left--) {
                    readReply(values, errors);
                }
            }
            default -> throw new IOException("not a Redis reply: " + line);
        }
    }

    private String readBulk(int length) throws IOException {
        if (length < 0) {
            return "";
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.readNBytes(2).length < 2) {
            throw new EOFException("redis closed the connection within a reply");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next != '\r') {
            if (next < 0) {
                throw new EOFException("redis closed the connection before its reply");
            }
            line.write(next);
            next = in.read();
        }
        if (in.read() != '\n' || line.size() == 0) {
            throw new IOException("not a Redis reply: " + line);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** An error that Redis replied; the connection goes on. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }
}
