package dev.wellhead.jdbc.internal;

import dev.wellhead.jdbc.DirectDataSource;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link DirectDataSource} asks its driver with: for programs that are to reach the same database. Credentials are in the
 * clear, so it is no part of what hosts see, and must show nowhere.
 *
 * @param url as the host gave it
 * @param properties for the driver, user and password among them if there are any
 */
public record ConnectionDetails(String url, Properties properties) {
    private static volatile @Nullable Access access;

    /** How the source, which keeps them to itself, hands them over. */
    @FunctionalInterface
    public interface Access {
        /** Returns what the next connect would use. */
        ConnectionDetails read(DirectDataSource source) throws SQLException;
    }

    /** Called once, by the source's class when it is initialized. */
    public static void readBy(Access access) {
        ConnectionDetails.access = access;
    }

    /**
     * Returns what the next connect of this source would use.
     *
     * @throws SQLException if its credentials are not to be had
     */
    public static ConnectionDetails of(DirectDataSource source) throws SQLException {
        Access given = access;
        if (given == null) {
            throw new AssertionError("whoever has a source has initialized its class");
        }
        return given.read(source);
    }

    /** Returns nothing of what it holds. */
    @Override
    public String toString() {
        return "ConnectionDetails";
    }
}
