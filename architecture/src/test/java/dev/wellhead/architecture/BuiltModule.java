package dev.wellhead.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A module that users are given, as the build of this checkout has left it.
 *
 * @param artifact its name, without the group
 * @param folder its folder in the checkout
 */
record BuiltModule(String artifact, Path folder) {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));
    private static final Pattern ARTIFACT = Pattern.compile("</parent>\\s*<artifactId>([^<]+)</artifactId>");
    private static final Pattern FOLDER = Pattern.compile("<module>([^<]+)</module>");
    // What the plugin writes: group:name:jar:version:scope:file (optional) -- module and its name
    private static final Pattern LINE = Pattern.compile(
            "\\s+([^:\\s]+):([^:]+):jar:([^:]+):(compile|runtime|provided):(.*?)( \\(option.*?)?( -- module .*)?");

    /** What is published, and the program. */
    static List<BuiltModule> all() throws IOException {
        List<String> artifacts = new ArrayList<>(List.of("wellhead-cli"));
        Files.readAllLines(CHECKOUT.resolve(".ci/published")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ", 2)[0])
                .forEach(artifacts::add);
        List<BuiltModule> modules = new ArrayList<>();
        Matcher folder = FOLDER.matcher(Files.readString(CHECKOUT.resolve("pom.xml")));
        while (folder.find()) {
            Path place = CHECKOUT.resolve(folder.group(1));
            Matcher artifact = ARTIFACT.matcher(Files.readString(place.resolve("pom.xml")));
            if (artifact.find() && artifacts.remove(artifact.group(1))) {
                modules.add(new BuiltModule(artifact.group(1), place));
            }
        }
        if (!artifacts.isEmpty()) {
            throw new IllegalStateException("no module makes " + artifacts + " of .ci/published");
        }
        return modules;
    }

    /** What is on the class path of a user: a file of the local repository, or of this build. */
    record Library(String group, String name, Path file) implements Comparable<Library> {
        private static final Comparator<Library> ORDER =
                Comparator.comparing((Library library) -> !library.isOurs()).thenComparing(Library::name);

        boolean isOurs() {
            return group.equals("dev.wellhead");
        }

        String coordinates() {
            return group + ":" + name;
        }

        @Override
        public int compareTo(Library other) {
            return ORDER.compare(this, other);
        }
    }

    /** Returns whether this build has made the jar; a part of a build may not have. */
    boolean isBuilt() throws IOException {
        return Files.exists(folder.resolve("target/dependencies")) && findJar().isPresent();
    }

    Path jar() throws IOException {
        return findJar().orElseThrow(() -> new IllegalStateException(artifact + " has no jar; build it first"));
    }

    private Optional<Path> findJar() throws IOException {
        Path target = folder.resolve("target");
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        Pattern name = Pattern.compile(Pattern.quote(artifact) + "-[0-9.]+(-SNAPSHOT)?\\.jar");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .findFirst();
        }
    }

    Path classes() {
        return folder.resolve("target/classes");
    }

    /**
     * Returns what comes along to whoever depends on this module. The annotations for null are provided to all of ours, and
     * reach a user where another library brings them.
     */
    SortedSet<Library> brings() throws IOException {
        SortedSet<Library> brings = new TreeSet<>();
        List<Library> provided = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("target/dependencies"))) {
            Matcher parts = LINE.matcher(line);
            if (parts.matches()) {
                Library library = new Library(parts.group(1), parts.group(2), Path.of(parts.group(5)));
                boolean optional = parts.group(4).equals("provided") || parts.group(6) != null;
                (optional ? provided : brings).add(library);
            }
        }
        for (Library library : provided) {
            if (handedOn(brings, library)) {
                brings.add(library);
            }
        }
        return brings;
    }

    private static boolean handedOn(SortedSet<Library> by, Library library) throws IOException {
        for (Library one : by) {
            if (!one.isOurs() && Pom.of(one).handsOn(library)) {
                return true;
            }
        }
        return false;
    }

    /** Returns what it uses where the host has it: what its own pom calls provided. */
    List<String> uses() throws IOException {
        return Pom.read(folder.resolve("pom.xml")).provided().stream()
                .filter(name -> !name.startsWith("wellhead-"))
                .distinct()
                .sorted()
                .toList();
    }

    /** Returns bytes of the jar and of all that it brings along, as far as it is packed already. */
    long bytesInAll(List<BuiltModule> modules) throws IOException {
        long bytes = Files.size(jar());
        for (Library library : brings()) {
            bytes += Files.size(library.isOurs() ? named(modules, library).jar() : library.file());
        }
        return bytes;
    }

    private static BuiltModule named(List<BuiltModule> modules, Library library) {
        return modules.stream()
                .filter(module -> module.artifact.equals(library.name()))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return artifact;
    }
}
