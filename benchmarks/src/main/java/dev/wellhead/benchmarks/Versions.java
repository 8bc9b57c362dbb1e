package dev.wellhead.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/** The versions of what is measured, as the build resolved them. */
final class Versions {
    private Versions() {}

    /** Returns them by name. */
    static SortedMap<String, String> all() {
        Properties properties = new Properties();
        try (InputStream input =
                Objects.requireNonNull(Versions.class.getResourceAsStream("versions.properties"), "versions")) {
            properties.load(input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SortedMap<String, String> versions = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Map.Entry<Object, Object> entry : properties.entrySet()) {
            versions.put((String) entry.getKey(), (String) entry.getValue());
        }
        return versions;
    }
}
