package dev.wellhead.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A connection to PostgreSQL that sends texts as they are, each as one simple query, which the server itself splits into
 * statements. For one thread.
 */
public final class SimpleQuery implements AutoCloseable {
    private final PgServerConnection connection;

    private SimpleQuery(PgServerConnection connection) {
        this.connection = connection;
    }

    /** Connects to one of the server's databases. */
    public static SimpleQuery to(PostgresServer server, String database) throws IOException {
        return new SimpleQuery(PgServerConnection.open(
                new InetSocketAddress(server.host(), server.port()),
                Map.of("user", server.user(), "database", database),
                server.password()));
    }

    /**
     * Sends one text, and returns one line for each statement that the server found in it: its command tag, and before it
     * the rows that it returned. A text without statements gives no line.
     *
     * @throws IllegalStateException with the server's words if a statement fails
     */
    public List<String> run(String text) throws IOException {
        connection.send(PgMessage.of('Q', text), true);
        List<String> statements = new ArrayList<>();
        StringBuilder rows = new StringBuilder();
        String error = null;
        while (true) {
            PgMessage message = connection.receive();
            switch (message.type()) {
                case 'D' -> rows.append(text(message)).append('|');
                case 'C' -> {
                    statements.add(rows + text(message));
                    rows.setLength(0);
                }
                case 'E' -> error = text(message);
                case 'Z' -> {
                    if (error != null) {
                        throw new IllegalStateException(error + " in: " + text);
                    }
                    return statements;
                }
                default -> {
                    // Row descriptions, notices, and the answer to a text without statements.
                }
            }
        }
    }

    private static String text(PgMessage message) {
        return new String(message.body(), StandardCharsets.UTF_8).replace('\0', ' ');
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
