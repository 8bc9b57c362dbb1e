package dev.wellhead.examples.labs.production;

import dev.wellhead.examples.labs.Sql;
import dev.wellhead.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;

/** The service's database, and its user on that server. Thread-safe. */
final class ServiceDatabase {
    private static final String NAME = "service";

    private final PostgresServer server;
    private final String password;

    private ServiceDatabase(PostgresServer server, String password) {
        this.server = server;
        this.password = password;
    }

    /** Creates both, empty. */
    static ServiceDatabase create(PostgresServer server) {
        String password = NAME + "-" + UUID.randomUUID();
        // The right to create databases is what a verified backup needs for its scratch.
        server.administrate("create role " + NAME + " login createdb password '" + password + "'");
        server.administrate("create database " + NAME + " owner " + NAME);
        return new ServiceDatabase(server, password);
    }

    /** Returns what the service is told, password included. */
    String urlWithPassword() {
        return "postgresql://" + NAME + ":" + password + "@" + server.host() + ":" + server.port() + "/" + NAME;
    }

    /** Opens a connection as superuser, for whom the server keeps some. */
    Connection connectAsOperator() throws SQLException {
        return server.connect(NAME);
    }

    /** Returns what the server says to so many more connections of the service's user; empty if it lets them in. */
    String refusal(int connections) {
        if (connections == 0) {
            return "";
        }
        try (Connection ignored = DriverManager.getConnection(server.url(NAME), NAME, password)) {
            return refusal(connections - 1);
        } catch (SQLException e) {
            return Sql.describe(e);
        }
    }
}
