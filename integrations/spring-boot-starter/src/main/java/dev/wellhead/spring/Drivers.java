package dev.wellhead.spring;

import dev.wellhead.spring.WellheadConfigurationException.Reason;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.util.ClassUtils;

/** Loads the driver of a URL, which the driver manager does not find wherever Boot's own class loader is at work. */
final class Drivers {
    private Drivers() {}

    /**
     * Loads the driver.
     *
     * @param className null for the one that Boot knows for the URL, if it knows one
     * @throws WellheadConfigurationException if it is not there
     */
    static void load(String url, @Nullable String className) {
        String driver = className == null ? DatabaseDriver.fromJdbcUrl(url).getDriverClassName() : className;
        if (driver == null) {
            return;
        }
        try {
            // Its static part registers it.
            Class.forName(driver, true, ClassUtils.getDefaultClassLoader());
        } catch (ClassNotFoundException e) {
            throw new WellheadConfigurationException(
                    Reason.DRIVER,
                    "the JDBC driver " + driver + " is not on the class path; add the artifact of the driver ("
                            + artifact(driver) + ")"
                            + (className == null ? "" : ", or remove spring.datasource.driver-class-name"),
                    e);
        } catch (LinkageError e) {
            throw new WellheadConfigurationException(
                    Reason.DRIVER, "the JDBC driver " + driver + " cannot be loaded: " + e, e);
        }
    }

    private static String artifact(String driver) {
        return switch (driver) {
            case "org.postgresql.Driver" -> "org.postgresql:postgresql";
            case "org.sqlite.JDBC" -> "org.xerial:sqlite-jdbc";
            default -> "see the database's documentation";
        };
    }
}
