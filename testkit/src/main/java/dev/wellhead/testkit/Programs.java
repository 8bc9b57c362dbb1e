package dev.wellhead.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Programs of this machine that some tests want, and do without where there are none. */
public final class Programs {
    private static final List<String> BROWSERS =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private Programs() {}

    /** Returns the program that the PATH has under the first of these names that it has; empty if it has none of them. */
    public static Optional<Path> find(List<String> names) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(place -> names.stream().map(name -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Returns the Chromium that the system property {@code wellhead.test.chromium} or the PATH names; empty if there is none. */
    public static Optional<Path> chromium() {
        String given = System.getProperty("wellhead.test.chromium", "");
        return given.isEmpty() ? find(BROWSERS) : Optional.of(Path.of(given));
    }
}
