package dev.wellhead.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A connection to PostgreSQL that speaks messages. One thread may write and another one read. */
final class PgServerConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int PROTOCOL_3_0 = 196608;
    private static final int CANCEL = 80877102;
    private static final String SCRAM = "SCRAM-SHA-256";

    private final InetSocketAddress address;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final List<PgMessage> parameters = new ArrayList<>();
    private byte[] key = {};

    private PgServerConnection(InetSocketAddress address, Socket socket) throws IOException {
        this.address = address;
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    /**
     * Connects and logs in.
     *
     * @throws RefusedException if PostgreSQL does not let the user in
     */
    static PgServerConnection open(InetSocketAddress address, Map<String, String> startup, String password)
            throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            PgServerConnection connection = new PgServerConnection(address, socket);
            connection.logIn(startup, password);
            socket.setSoTimeout(0);
            return connection;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Returns what PostgreSQL said of its settings at login, to be told to clients. */
    List<PgMessage> parameters() {
        return parameters;
    }

    void send(PgMessage message, boolean flush) throws IOException {
        message.write(out);
        if (flush) {
            out.flush();
        }
    }

    PgMessage receive() throws IOException {
        return PgMessage.read(in);
    }

    /** Whether more has arrived already. */
    boolean hasMore() throws IOException {
        return in.available() > 0;
    }

    /** Asks PostgreSQL to cancel what runs here; returns when it has been told. From any thread. */
    void cancel() throws IOException {
        try (Socket other = new Socket()) {
            other.connect(address, PATIENCE_MILLIS);
            other.setSoTimeout(PATIENCE_MILLIS);
            PgMessage.writeBody(other.getOutputStream(), PgMessage.body(CANCEL, key));
            // It answers nothing and closes.
            other.getInputStream().readAllBytes();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void logIn(Map<String, String> startup, String password) throws IOException {
        List<Object> parts = new ArrayList<>(List.of(PROTOCOL_3_0));
        startup.forEach((name, value) -> parts.addAll(List.of(name, value)));
        parts.add(new byte[1]);
        PgMessage.writeBody(out, PgMessage.body(parts.toArray()));
        out.flush();
        ScramClient scram = new ScramClient(password);
        while (true) {
            PgMessage message = receive();
            switch (message.type()) {
                case 'R' -> authenticate(message, password, scram);
                case 'S' -> parameters.add(message);
                case 'K' -> key = message.body();
                case 'E' -> throw new RefusedException(message);
                case 'Z' -> {
                    return;
                }
                default -> {
                    // A notice.
                }
            }
        }
    }

    private void authenticate(PgMessage request, String password, ScramClient scram) throws IOException {
        String data = new String(
                request.body(), Integer.BYTES, request.body().length - Integer.BYTES, StandardCharsets.UTF_8);
        switch (request.number()) {
            case 0 -> {
                // Let in.
            }
            case 3 -> send(PgMessage.of('p', password), true);
            case 10 -> {
                if (!data.contains(SCRAM)) {
                    throw new IOException("PostgreSQL offers no " + SCRAM + " but " + data);
                }
                byte[] first = scram.first().getBytes(StandardCharsets.US_ASCII);
                send(PgMessage.of('p', SCRAM, first.length, first), true);
            }
            case 11 -> send(PgMessage.of('p', scram.answer(data).getBytes(StandardCharsets.US_ASCII)), true);
            case 12 -> scram.verify(data);
            default ->
                throw new RefusedException(PgMessage.fatal(
                        "0A000",
                        "authentication method " + request.number()
                                + " is not supported; let PostgreSQL ask for scram-sha-256, password or nothing"));
        }
    }

    /** PostgreSQL's refusal, to be passed on. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        private final transient PgMessage error;

        RefusedException(PgMessage error) {
            super(new String(error.body(), StandardCharsets.UTF_8).replace('\0', ' '));
            this.error = error;
        }

        PgMessage error() {
            return error;
        }
    }
}
