package dev.wellhead.spring;

import dev.wellhead.core.Redaction;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is, as a service connection or {@code spring.datasource.*} say. A bean of this type takes the place of
 * both. Immutable and thread-safe; shows no secret.
 */
public final class DatabaseAddress {
    private final String url;
    private final @Nullable String username;
    private final @Nullable String password;
    private final @Nullable String driver;

    /** @param driver the name of the driver's class; null for the one that Boot knows */
    DatabaseAddress(String url, @Nullable String username, @Nullable String password, @Nullable String driver) {
        this.url = url;
        this.username = username;
        this.password = password;
        this.driver = driver;
    }

    /**
     * Returns an address.
     *
     * @param url a JDBC URL
     * @param username null for what the URL says
     * @param password null for what the URL says
     */
    public static DatabaseAddress of(String url, @Nullable String username, @Nullable String password) {
        return new DatabaseAddress(Objects.requireNonNull(url, "url"), username, password, null);
    }

    /** Returns the JDBC URL, which may hold secrets. */
    public String url() {
        return url;
    }

    /** Returns the database user; empty if the URL says who connects. */
    public Optional<String> username() {
        return Optional.ofNullable(username);
    }

    /** Returns the password; empty if the URL says who connects, or nobody asks for one. */
    public Optional<String> password() {
        return Optional.ofNullable(password);
    }

    /** Loads the driver, which the driver manager may not find by itself. */
    DatabaseAddress withDriverLoaded() {
        Drivers.load(url, driver);
        return this;
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return Redaction.url(url);
    }
}
