package dev.wellhead.examples.prediction;

import dev.wellhead.core.Redaction;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where the data lives, read from {@code DATABASE_URL}.
 *
 * @param jdbcUrl what the driver takes, without user and password if they stood in front of an {@code @}
 * @param user the user, empty if the URL names none
 * @param password the password, empty if the URL holds none
 */
public record DatabaseUrl(String jdbcUrl, String user, String password) {
    private static final String FORMS =
            "give postgresql://user:secret@host:5432/database, jdbc:postgresql://..., or jdbc:sqlite:file";
    private static final String SQLITE = "jdbc:sqlite:";

    /**
     * Reads any of the usual forms.
     *
     * @throws SettingsException if the text is none of them
     */
    public static DatabaseUrl parse(String text) {
        String url = text.strip();
        if (url.startsWith(SQLITE)) {
            return sqlite(url.substring(SQLITE.length()));
        }
        if (url.startsWith("sqlite:")) {
            return sqlite(url.substring("sqlite:".length()));
        }
        if (url.startsWith("jdbc:postgresql:")) {
            // The driver has its own ways to write hosts; only what looks like a URI may hold user:password@.
            return url.startsWith("jdbc:postgresql://") && url.contains("@")
                    ? postgres(url.substring("jdbc:".length()))
                    : new DatabaseUrl(url, "", "");
        }
        if (url.startsWith("postgresql://") || url.startsWith("postgres://")) {
            return postgres(url);
        }
        throw new SettingsException("DATABASE_URL is no address that this service knows; " + FORMS);
    }

    /** Returns whether this is a file rather than a server. */
    public boolean isSqlite() {
        return jdbcUrl.startsWith(SQLITE);
    }

    /** Returns the SQLite file. */
    public Path sqliteFile() {
        return Path.of(jdbcUrl.substring(SQLITE.length()));
    }

    /** Returns the address without anything secret. */
    @Override
    public String toString() {
        return Redaction.url(jdbcUrl);
    }

    private static DatabaseUrl sqlite(String file) {
        try {
            if (file.isEmpty() || file.startsWith(":") || file.contains("?")) {
                throw new SettingsException("DATABASE_URL must name a file: jdbc:sqlite:/path/to/service.db");
            }
            return new DatabaseUrl(SQLITE + Path.of(file), "", "");
        } catch (InvalidPathException e) {
            throw new SettingsException("DATABASE_URL names no valid file: " + e.getReason(), e);
        }
    }

    private static DatabaseUrl postgres(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            // The exception's own message holds the whole URL.
            throw new SettingsException("DATABASE_URL is malformed at character " + (e.getIndex() + 1) + " ("
                    + e.getReason() + "); " + FORMS + ", and write special characters of the password as %XX");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (uri.getHost() == null || path.length() < 2) {
            throw new SettingsException(
                    "DATABASE_URL lacks a " + (uri.getHost() == null ? "host" : "database name") + "; " + FORMS);
        }
        String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        int colon = userInfo.indexOf(':');
        String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
        String password = colon < 0 ? "" : userInfo.substring(colon + 1);
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new DatabaseUrl(
                "jdbc:postgresql://" + uri.getHost() + port + path + query, decoded(user), decoded(password));
    }

    private static String decoded(String part) {
        // A plus is a plus here, not a blank.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
