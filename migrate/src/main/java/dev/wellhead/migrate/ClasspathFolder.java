package dev.wellhead.migrate;

import dev.wellhead.migrate.MigrationException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of resources, listed without a scanner: from its index if it has one, else from the modules that contain it,
 * else from the folders and jars that the class loader names. For one thread.
 */
final class ClasspathFolder {
    static final String INDEX = "migrations.index";

    private final String folder;
    private final ModuleLayer layer;
    private final ClassLoader loader;
    // By name, so that messages and order do not depend on how a jar was packed.
    private final SortedMap<String, byte[]> found = new TreeMap<>();
    private final SortedMap<String, String> places = new TreeMap<>();

    ClasspathFolder(String folder, ModuleLayer layer, ClassLoader loader) {
        this.folder = folder;
        this.layer = layer;
        this.loader = loader;
    }

    static ClassLoader contextLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : Objects.requireNonNull(ClasspathFolder.class.getClassLoader());
    }

    List<Migration> load() {
        try {
            if (!readIndex() && !readModules() && !readLoader()) {
                throw refusal(
                        "no such folder on the class path or module path",
                        "check the name; where folders cannot be listed, as in a jar without entries for them, add a"
                                + " resource " + folder + "/" + INDEX + " with one file name a line",
                        null);
            }
        } catch (IOException | URISyntaxException e) {
            throw refusal("cannot be read: " + e, "check that the class path may be read", e);
        }
        MigrationFiles files = new MigrationFiles("class path folder " + folder);
        found.forEach(files::add);
        return files.migrations();
    }

    private boolean readIndex() throws IOException {
        URL index = loader.getResource(folder + "/" + INDEX);
        if (index == null) {
            return false;
        }
        String[] lines = new String(read(index), StandardCharsets.UTF_8).split("\\R", -1);
        for (String line : lines) {
            String name = line.replaceFirst("#.*", "").strip();
            if (!name.isEmpty()) {
                URL file = loader.getResource(folder + "/" + name);
                if (file == null) {
                    throw refusal(INDEX + " lists " + name + ", which is not there", "correct the index", null);
                }
                put(name, file.toString(), read(file));
            }
        }
        return true;
    }

    // A folder whose name could be a package's is closed to class loaders unless the module opens it to all. A module
    // reader sees it all the same.
    private boolean readModules() throws IOException {
        String packageName = folder.replace('/', '.');
        boolean any = false;
        for (ResolvedModule module : layer.configuration().modules()) {
            if (module.reference().descriptor().packages().contains(packageName)) {
                any |= readModule(module);
            }
        }
        return any;
    }

    private boolean readModule(ResolvedModule module) throws IOException {
        boolean any = false;
        try (ModuleReader reader = module.reference().open();
                Stream<String> names = reader.list()) {
            for (String resource : names.filter(this::isSqlOfFolder).toList()) {
                try (InputStream content = reader.open(resource).orElseThrow()) {
                    put(nameIn(resource), "module " + module.name(), content.readAllBytes());
                }
                any = true;
            }
        }
        return any;
    }

    private boolean readLoader() throws IOException, URISyntaxException {
        Enumeration<URL> places = loader.getResources(folder);
        if (!places.hasMoreElements()) {
            places = loader.getResources(folder + "/");
        }
        boolean any = places.hasMoreElements();
        for (URL place : Collections.list(places)) {
            URLConnection connection = place.openConnection();
            if (connection instanceof JarURLConnection jar) {
                readJar(jar);
            } else if (place.getProtocol().equals("file") || place.getProtocol().equals("jrt")) {
                readDirectory(place.toURI());
            } else {
                throw refusal(
                        "folders of kind " + place.getProtocol() + ": cannot be listed",
                        "add a resource " + folder + "/" + INDEX + " with one file name a line",
                        null);
            }
        }
        return any;
    }

    private void readJar(JarURLConnection connection) throws IOException {
        // A cached file would be shared with, and could be closed under, whoever else reads this jar.
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            // The folder within the jar, which differs from ours in jars of several releases.
            String prefix = connection.getEntryName() == null ? folder + "/" : withSlash(connection.getEntryName());
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (name.startsWith(prefix) && MigrationFiles.mayBe(name.substring(prefix.length()))) {
                    try (InputStream content = jar.getInputStream(entry)) {
                        put(name.substring(prefix.length()), jar.getName(), content.readAllBytes());
                    }
                }
            }
        }
    }

    private void readDirectory(URI place) throws IOException {
        for (Map.Entry<String, Path> file : MigrationFiles.list(Path.of(place)).entrySet()) {
            if (Files.isRegularFile(file.getValue())) {
                put(file.getKey(), place.toString(), Files.readAllBytes(file.getValue()));
            }
        }
    }

    private void put(String name, String place, byte[] content) {
        String other = places.putIfAbsent(name, place);
        if (other != null) {
            throw refusal(
                    "file " + name + " is in both " + other + " and " + place,
                    "rename one, or name the folders differently",
                    null);
        }
        found.put(name, content);
    }

    private boolean isSqlOfFolder(String resource) {
        return resource.startsWith(folder + "/") && MigrationFiles.mayBe(nameIn(resource));
    }

    private String nameIn(String resource) {
        return resource.substring(folder.length() + 1);
    }

    private static String withSlash(String entry) {
        return entry.endsWith("/") ? entry : entry + "/";
    }

    private static byte[] read(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        try (InputStream content = connection.getInputStream()) {
            return content.readAllBytes();
        }
    }

    private MigrationException refusal(String what, String cure, @Nullable Exception cause) {
        return new MigrationException(
                Reason.SOURCE,
                "migrations in class path folder " + folder + ": " + what + "; nothing was run; " + cure,
                cause);
    }
}
