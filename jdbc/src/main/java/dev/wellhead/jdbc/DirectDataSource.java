package dev.wellhead.jdbc;

import dev.wellhead.core.Redaction;
import dev.wellhead.jdbc.internal.ConnectionDetails;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A source of new, unpooled connections, for long jobs that must not hold a pool's slots: migrations, backups, EXPLAIN.
 * On PostgreSQL it also reaches the other databases of the same server with the same credentials, which a verified
 * restore needs.
 *
 * <p>Immutable and thread-safe. Every call opens a connection and blocks until the driver has done so; who asked closes
 * it. Credentials show in no message and not in {@link #toString()}.
 */
public final class DirectDataSource implements DataSource {
    private static final String POSTGRES = "jdbc:postgresql:";

    static {
        ConnectionDetails.readBy(source -> new ConnectionDetails(source.url, source.current()));
    }

    private final String url;
    private final Properties properties;
    private final @Nullable Supplier<Credentials> credentials;
    private final boolean namesUser;

    private DirectDataSource(String url, Properties properties, @Nullable Supplier<Credentials> credentials) {
        this.url = url;
        this.properties = properties;
        this.credentials = credentials;
        this.namesUser = hasUserInfo(url);
    }

    /** Returns a source for this URL without user and password, as SQLite has none. */
    public static DirectDataSource of(String url) {
        return new DirectDataSource(url, new Properties(), null);
    }

    /** Returns a source for this URL, user and password. */
    public static DirectDataSource of(String url, String user, String password) {
        Properties credentials = new Properties();
        credentials.setProperty("user", user);
        credentials.setProperty("password", password);
        return new DirectDataSource(url, credentials, null);
    }

    /**
     * Returns a source for this URL and these driver properties, which are copied; {@code user} and {@code password} may
     * be among them.
     */
    public static DirectDataSource of(String url, Properties driverProperties) {
        Properties copy = new Properties();
        copy.putAll(driverProperties);
        return new DirectDataSource(url, copy, null);
    }

    /**
     * Returns a source for this URL and these driver properties, which are copied, that asks for the credentials at each
     * connect, so that they can be changed while the application runs.
     *
     * @param credentials called by whoever connects; what it throws comes out of {@link #getConnection()} as the cause
     */
    public static DirectDataSource of(String url, Properties driverProperties, Supplier<Credentials> credentials) {
        Properties copy = new Properties();
        copy.putAll(driverProperties);
        return new DirectDataSource(url, copy, credentials);
    }

    /**
     * Returns a source for another database of the same PostgreSQL server, everything else unchanged.
     *
     * @throws UnsupportedOperationException if this is no PostgreSQL URL
     */
    public DirectDataSource onDatabase(String name) {
        if (!url.startsWith(POSTGRES)) {
            throw new UnsupportedOperationException(
                    "only PostgreSQL has other databases on the same server, this is " + Redaction.url(url));
        }
        int query = url.indexOf('?');
        String address = query < 0 ? url : url.substring(0, query);
        String parameters = query < 0 ? "" : url.substring(query);
        int start = POSTGRES.length();
        if (address.startsWith("//", start)) {
            int slash = address.indexOf('/', start + 2);
            address = slash < 0 ? address + "/" : address.substring(0, slash + 1);
        } else {
            address = POSTGRES + (address.startsWith("/", start) ? "/" : "");
        }
        return new DirectDataSource(address + percentEncoded(name) + parameters, properties, credentials);
    }

    /** Returns the JDBC URL without anything secret. */
    public String url() {
        return Redaction.url(url);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return connect(current());
    }

    private Connection connect(Properties with) throws SQLException {
        if (namesUser) {
            throw new SQLNonTransientConnectionException(
                    "JDBC URL " + url()
                            + " has a user in front of the host; PostgreSQL's driver would take it for a part of"
                            + " the host's name and look that up: give user and password apart from the URL, or as its"
                            + " parameters",
                    "08001");
        }
        try {
            return DriverManager.getConnection(url, with);
        } catch (SQLException e) {
            throw presentable(e);
        }
    }

    /** A password may hold a slash that should have been escaped; then what stands behind the colon is no port. */
    private static boolean hasUserInfo(String url) {
        if (!url.startsWith(POSTGRES + "//")) {
            return false;
        }
        String address = url.substring(POSTGRES.length() + 2).split("\\?", 2)[0];
        String authority = address.split("/", 2)[0];
        return authority.contains("@") || (address.contains("@") && authority.matches("[^\\[]*:\\D.*"));
    }

    /** Returns the failure itself, or a copy: a URL that nobody understands is quoted, with whatever secret is in it. */
    private SQLException presentable(SQLException failure) {
        String text = String.valueOf(failure.getMessage());
        String shown = text.replace(url, url());
        if (shown.equals(text)) {
            return failure;
        }
        SQLException copy = new SQLException(shown, failure.getSQLState(), failure.getErrorCode());
        copy.setStackTrace(failure.getStackTrace());
        return copy;
    }

    private Properties current() throws SQLException {
        Properties copy = new Properties();
        copy.putAll(properties);
        if (credentials != null) {
            Credentials now = ask(credentials);
            copy.setProperty("user", now.user());
            copy.setProperty("password", now.password());
        }
        return copy;
    }

    private static Credentials ask(Supplier<Credentials> supplier) throws SQLException {
        try {
            return supplier.get();
        } catch (RuntimeException e) {
            throw new SQLInvalidAuthorizationSpecException(
                    "no credentials to connect with: " + supplier.getClass().getName() + " threw "
                            + e.getClass().getName() + "; look at the cause",
                    "28000",
                    e);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        Properties copy = new Properties();
        copy.putAll(properties);
        copy.setProperty("user", user);
        copy.setProperty("password", password);
        return connect(copy);
    }

    /** Returns null: there is no log writer, SLF4J is used. */
    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Not supported. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("no log writer; use SLF4J");
    }

    /** Not supported: set the driver's own timeout in the URL. */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("no login timeout; set the driver's in the URL, as connectTimeout");
    }

    /** Returns 0: the driver's own timeout holds. */
    @Override
    public int getLoginTimeout() {
        return 0;
    }

    /** Not supported. */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("java.util.logging is not used; use SLF4J");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!type.isInstance(this)) {
            throw new SQLException("not a wrapper for " + type.getName());
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public String toString() {
        return "DirectDataSource[" + url() + "]";
    }

    // The drivers decode %XX; everything that could end the name is encoded, nothing else.
    private static String percentEncoded(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-') {
                encoded.append(c);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }
}
