package dev.wellhead.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which database it is, in the words of the semantic conventions: {@code db.system.name}, and as far as they are known
 * {@code db.namespace}, {@code server.address} and {@code server.port}. Immutable; holds no user, password or parameter of a
 * URL.
 */
public final class DatabaseIdentity {
    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
    static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");
    static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");

    private static final String POSTGRESQL = "postgresql";
    private static final int POSTGRESQL_PORT = 5432;
    private static final int REDIS_PORT = 6379;

    private final String system;
    private final @Nullable String namespace;
    private final @Nullable String address;
    private final @Nullable Integer port;

    private DatabaseIdentity(
            String system, @Nullable String namespace, @Nullable String address, @Nullable Integer port) {
        this.system = system;
        this.namespace = namespace;
        this.address = address;
        this.port = port;
    }

    /**
     * Returns a database of this system.
     *
     * @param system a well-known value of {@code db.system.name}: {@code postgresql}, {@code sqlite}, {@code redis}; {@code
     *     other_sql} if there is none
     */
    public static DatabaseIdentity of(String system) {
        Objects.requireNonNull(system, "system");
        if (system.isBlank()) {
            throw new IllegalArgumentException("system must not be blank; other_sql stands for one without a name");
        }
        return new DatabaseIdentity(system, null, null, null);
    }

    /**
     * Returns the database that a JDBC URL names. Of a PostgreSQL with one host these are host, port and database; of one
     * with several the database alone; of SQLite the system alone, as a path says more about the machine than about the
     * data. Any other URL is {@code other_sql}.
     */
    public static DatabaseIdentity ofJdbcUrl(String url) {
        Objects.requireNonNull(url, "url");
        String lower = url.toLowerCase(Locale.ROOT);
        if (lower.startsWith("jdbc:sqlite:")) {
            return of("sqlite");
        }
        if (!lower.startsWith("jdbc:postgresql:")) {
            return of("other_sql");
        }
        String rest = before(url.substring("jdbc:postgresql:".length()), '?');
        // What stands before an @ is a user with a password, whoever wrote it there, and neither host nor name.
        int user = rest.lastIndexOf('@');
        if (user >= 0) {
            rest = "//" + rest.substring(user + 1);
        }
        if (!rest.startsWith("//")) {
            return of(POSTGRESQL).namespace(rest.startsWith("/") ? rest.substring(1) : rest);
        }
        String authority = before(rest.substring(2), '/');
        String database = rest.length() > authority.length() + 3 ? rest.substring(authority.length() + 3) : "";
        DatabaseIdentity identity = of(POSTGRESQL).namespace(database);
        return authority.isEmpty() || authority.indexOf(',') >= 0 ? identity : identity.hosted(authority);
    }

    private DatabaseIdentity hosted(String host) {
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']')) {
            try {
                return server(host.substring(0, colon), Integer.parseInt(host.substring(colon + 1)));
            } catch (NumberFormatException e) {
                return server(host.substring(0, colon), POSTGRESQL_PORT);
            }
        }
        return server(host, POSTGRESQL_PORT);
    }

    private static String before(String text, char end) {
        int at = text.indexOf(end);
        return at < 0 ? text : text.substring(0, at);
    }

    /** Returns the same with this name of a database; without one if it is empty. */
    public DatabaseIdentity namespace(String namespace) {
        return new DatabaseIdentity(system, namespace.isEmpty() ? null : namespace, address, port);
    }

    /** Returns the same at this server. */
    public DatabaseIdentity server(String host, int port) {
        return new DatabaseIdentity(system, namespace, Objects.requireNonNull(host, "host"), port);
    }

    String system() {
        return system;
    }

    /** Returns the attributes; the port only if it is not the usual one. */
    Attributes attributes() {
        AttributesBuilder attributes = Attributes.builder().put(SYSTEM, system);
        if (namespace != null) {
            attributes.put(NAMESPACE, namespace);
        }
        if (address != null) {
            attributes.put(ADDRESS, address);
        }
        if (port != null && port != usualPort()) {
            attributes.put(PORT, port.longValue());
        }
        return attributes.build();
    }

    private int usualPort() {
        return switch (system) {
            case POSTGRESQL -> POSTGRESQL_PORT;
            case "redis" -> REDIS_PORT;
            default -> -1;
        };
    }

    @Override
    public String toString() {
        return attributes().toString();
    }
}
