package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.core.Redaction;
import dev.wellhead.jdbc.DirectDataSource;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A database that commands work on.
 *
 * @param address where it is
 * @param dataSource opens connections to it
 */
record Target(Address address, DirectDataSource dataSource) {
    // No password given, a wrong one, none taken: https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static final Set<String> LOGIN_REFUSED = Set.of("28P01", "28000", "08004");

    /**
     * How long a connect may take.
     *
     * @param seconds for the connection itself, and half as much again with the login
     */
    record Patience(int seconds) {
        static final Patience USUAL = new Patience(10);
    }

    /**
     * Returns the database of the options, once a connection to it was opened.
     *
     * @throws CliException if none is named, or it cannot be reached
     */
    static Target open(Session session, DatabaseOptions options) {
        Address address = address(session, options);
        if (address instanceof Address.Sqlite sqlite) {
            requireFile(sqlite.file());
        }
        return connect(session, options, address);
    }

    /** Does the same; the file of an SQLite database need not be there, and is made. */
    static Target openOrCreate(Session session, DatabaseOptions options) {
        Address address = address(session, options);
        if (address instanceof Address.Sqlite sqlite && !Files.exists(sqlite.file())) {
            Path folder = sqlite.file().getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw new CliException(
                        Kind.NO_SUCH_FILE, "there is no folder " + folder + " to make " + sqlite.file() + " in");
            }
            session.screen().note("making " + sqlite.file());
        }
        return connect(session, options, address);
    }

    /** Does the same for commands that only look: for an SQLite database that is not there they look at an empty one. */
    static Target openOrEmpty(Session session, DatabaseOptions options) {
        Address address = address(session, options);
        if (address instanceof Address.Sqlite sqlite && !Files.exists(sqlite.file())) {
            session.screen().note("there is no file " + sqlite.file() + " yet; going on as if it were empty");
            return new Target(address, DirectDataSource.of("jdbc:sqlite::memory:"));
        }
        return connect(session, options, address);
    }

    /** Does the same; the file of an SQLite database need not be there, and is left alone. */
    static Target elsewhere(Session session, DatabaseOptions options) {
        Address address = address(session, options);
        return address instanceof Address.Sqlite
                ? new Target(address, DirectDataSource.of(address.jdbcUrl()))
                : connect(session, options, address);
    }

    /** Does the same without a look whether it is there: what is in a store can be listed when the database is lost. */
    static Target untried(Session session, DatabaseOptions options) {
        Address address = address(session, options);
        return new Target(address, source(session, options, address, Patience.USUAL));
    }

    /**
     * Returns where the options lead.
     *
     * @throws CliException if they name no database, or carry a password
     */
    static Address address(Session session, DatabaseOptions options) {
        String url = options.url;
        if (url == null || url.isEmpty()) {
            throw new CliException(
                    Kind.CONFIGURATION,
                    "which database? Give --url, WELLHEAD_URL, or url in " + Settings.USUAL_FILE
                            + ", as postgresql://user@host/database or sqlite:app.db");
        }
        boolean given = url.equals(session.settings().get("url"));
        return Address.parse(
                url,
                session.surroundings().directory(),
                given ? session.settings().source("url") : "--url");
    }

    /** Returns a source for this address, without having tried it. */
    static DirectDataSource source(Session session, DatabaseOptions options, Address address, Patience patience) {
        String password = address instanceof Address.Postgres ? password(session, options) : null;
        return source(session, options, address, password, patience);
    }

    private static Target connect(Session session, DatabaseOptions options, Address address) {
        String password = address instanceof Address.Postgres ? password(session, options) : null;
        DirectDataSource source = source(session, options, address, password, Patience.USUAL);
        try (Connection ignored = source.getConnection()) {
            return new Target(address, source);
        } catch (SQLException e) {
            if (password == null && LOGIN_REFUSED.contains(String.valueOf(e.getSQLState()))) {
                String asked = ask(session);
                if (asked != null) {
                    return connectWith(source(session, options, address, asked, Patience.USUAL), address);
                }
            }
            throw unreachable(address, e);
        }
    }

    private static Target connectWith(DirectDataSource source, Address address) {
        try (Connection ignored = source.getConnection()) {
            return new Target(address, source);
        } catch (SQLException e) {
            throw unreachable(address, e);
        }
    }

    /** Says in one message what kept a connection from being made. */
    static CliException unreachable(Address address, SQLException e) {
        return new CliException(
                Kind.UNREACHABLE, address.label() + " cannot be used: " + words(e) + "; " + advice(e), e);
    }

    /** Returns the driver's words and SQLState, in one line and without credentials. */
    static String words(SQLException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String state = e.getSQLState() == null ? "" : " [SQLState " + e.getSQLState() + "]";
        // The driver keeps the one thing that helps to itself.
        String host = e.getCause() instanceof UnknownHostException unknown
                ? " Unknown host " + unknown.getMessage() + "."
                : "";
        return Redaction.url(message.replaceAll("\\s*[\\r\\n]+\\s*", ", ") + host) + state;
    }

    private static String advice(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (LOGIN_REFUSED.contains(state)) {
            return "look at --user and at the password (WELLHEAD_PASSWORD, --password-file, ~/.pgpass)";
        }
        return switch (state) {
            case "3D000" -> "look at the name of the database in --url";
            case "53300" -> "all its connections are taken: wellhead doctor tells by how many pools";
            case "57P03" -> "it is starting up or shutting down: wellhead wait waits for it";
            default -> "look at --url, and whether it runs; wellhead wait waits for it";
        };
    }

    private static DirectDataSource source(
            Session session, DatabaseOptions options, Address address, @Nullable String password, Patience patience) {
        if (!(address instanceof Address.Postgres postgres)) {
            return DirectDataSource.of(address.jdbcUrl());
        }
        Properties properties = new Properties();
        // What the URL says wins over these.
        properties.setProperty("ApplicationName", "wellhead-cli");
        properties.setProperty("connectTimeout", String.valueOf(patience.seconds()));
        properties.setProperty("loginTimeout", String.valueOf(patience.seconds() * 3 / 2));
        String user = user(session, options, postgres);
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        return DirectDataSource.of(postgres.jdbcUrl(), properties);
    }

    private static @Nullable String user(Session session, DatabaseOptions options, Address.Postgres address) {
        String given = options.user;
        // A user in the URL of the command line is nearer than one of the environment.
        boolean byHand = given != null && !given.equals(session.settings().get("user"));
        return address.user() != null && !byHand ? address.user() : given;
    }

    private static @Nullable String password(Session session, DatabaseOptions options) {
        if (options.askPassword) {
            String asked = ask(session);
            if (asked == null) {
                throw new CliException(
                        Kind.CONFIGURATION,
                        "--ask-password needs a terminal to ask on; use WELLHEAD_PASSWORD or --password-file");
            }
            return asked;
        }
        if (options.passwordFile != null) {
            return PrivateFile.read(session.path(options.passwordFile), "holds a password");
        }
        return session.settings().get("password");
    }

    private static @Nullable String ask(Session session) {
        char[] typed = session.surroundings().prompt().ask("Password: ");
        return typed == null ? null : new String(typed);
    }

    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CliException(
                    Kind.NO_SUCH_FILE,
                    "there is no SQLite file " + file + "; look at --url, or let wellhead migrate up make it");
        }
    }

    /** Returns the address without anything secret. */
    @Override
    public String toString() {
        return address.label();
    }
}
