package dev.wellhead.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * A JDK that measurements run on.
 *
 * @param home its folder
 * @param version as it calls itself, for example {@code 17.0.15}
 * @param vendor who built it
 */
record Jdk(Path home, String version, String vendor) {
    /** Returns the JDK that runs this program. */
    static Jdk current() {
        return new Jdk(
                Path.of(System.getProperty("java.home")),
                System.getProperty("java.version"),
                System.getProperty("java.vendor"));
    }

    /**
     * Returns the current JDK and the newest one at hand, if that is newer: of the system's folders for JDKs and the
     * environment variable {@code JAVA_HOME_NEWEST}, as {@code .ci/run} looks for it.
     */
    static List<Jdk> currentAndNewest() {
        List<Path> homes = new ArrayList<>(children(Path.of("/usr/lib/jvm")));
        children(Path.of("/Library/Java/JavaVirtualMachines"))
                .forEach(child -> homes.add(child.resolve("Contents/Home")));
        String named = System.getenv("JAVA_HOME_NEWEST");
        if (named != null) {
            homes.add(Path.of(named));
        }
        Jdk current = current();
        List<Jdk> found = new ArrayList<>(List.of(current));
        newest(homes).filter(jdk -> jdk.feature() > current.feature()).ifPresent(found::add);
        return found;
    }

    /** Returns the newest of those of these folders that hold a JDK. */
    static Optional<Jdk> newest(List<Path> homes) {
        return homes.stream().flatMap(home -> at(home).stream()).max(Comparator.comparingInt(Jdk::feature));
    }

    /** Returns the JDK in this folder; empty if there is none, or one that does not say its version. */
    static Optional<Jdk> at(Path home) {
        if (!Files.isExecutable(home.resolve("bin/javac")) || !Files.isExecutable(home.resolve("bin/java"))) {
            return Optional.empty();
        }
        Properties release = new Properties();
        try (Reader reader = Files.newBufferedReader(home.resolve("release"))) {
            release.load(reader);
        } catch (IOException e) {
            return Optional.empty();
        }
        String version = unquoted(release, "JAVA_VERSION");
        return version.matches("\\d+([.-].*)?")
                ? Optional.of(new Jdk(home, version, unquoted(release, "IMPLEMENTOR")))
                : Optional.empty();
    }

    /** Returns the number that the version begins with: 17, 25. */
    int feature() {
        return Integer.parseInt(version.split("[^0-9]", 2)[0]);
    }

    /** Returns the program that starts a JVM. */
    Path java() {
        return home.resolve("bin/java");
    }

    /** Returns the flags that spare every child the warnings of newer JDKs about native code. */
    List<String> flags() {
        return feature() < 24 ? List.of() : List.of("--enable-native-access=ALL-UNNAMED");
    }

    @Override
    public String toString() {
        return "JDK " + version + " (" + vendor + ")";
    }

    private static String unquoted(Properties release, String key) {
        return release.getProperty(key, "unknown").replace("\"", "");
    }

    private static List<Path> children(Path folder) {
        List<Path> children = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                stream.forEach(children::add);
            } catch (IOException e) {
                // What cannot be read is not at hand.
                return List.of();
            }
        }
        return children;
    }
}
