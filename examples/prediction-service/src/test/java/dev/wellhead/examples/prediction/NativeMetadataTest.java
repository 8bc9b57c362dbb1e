package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the plain-Java example and its modules look up on the class path while they run is in the metadata for native images. */
class NativeMetadataTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> WITH_RESOURCES =
            List.of("wellhead-console", "wellhead-example-prediction-service");

    @TempDir
    private Path folder;

    @Test
    void eachResourceThatTheQuickstartAndTheConsoleLookUpIsInTheMetadata() throws Exception {
        Set<String> lookedUp;
        try (TestDatabase database = TestDatabase.postgres();
                RedisServer redis = RedisServer.builder().start();
                RecordingLoader loader = new RecordingLoader()) {
            String answer =
                    run(loader, database.url(), database.user(), database.password(), redis.uri(), folder.toString());
            lookedUp = loader.lookedUp;

            assertThat(answer).isEqualTo("setosa");
        }
        List<String> globs = globs();

        assertThat(lookedUp)
                .contains("migrations/migrations.index", "migrations/001_create_users.sql")
                .contains("dev/wellhead/console/console.html", "dev/wellhead/console/console.js")
                .allSatisfy(name -> assertThat(globs)
                        .as(name)
                        .anyMatch(glob -> FileSystems.getDefault()
                                .getPathMatcher("glob:" + glob)
                                .matches(Path.of(name))));
    }

    @Test
    void indexNamesEachMigration() throws IOException {
        Path migrations =
                Path.of("..", "..", "classes", "migrations").toAbsolutePath().normalize();
        List<String> indexed = Files.readAllLines(migrations.resolve("migrations.index")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();

        try (Stream<Path> files = Files.list(migrations)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".sql")))
                    .containsExactlyInAnyOrderElementsOf(indexed);
        }
    }

    @SuppressWarnings("unchecked")
    private static String run(RecordingLoader loader, String... arguments) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Class<?> example = loader.loadClass(RecordedQuickstart.class.getName());
            return ((Function<String[], String>) example.getConstructor().newInstance()).apply(arguments);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static List<String> globs() throws IOException {
        return WITH_RESOURCES.stream().flatMap(NativeMetadataTest::globs).toList();
    }

    private static Stream<String> globs(String artifact) {
        String name = "META-INF/native-image/dev.wellhead/" + artifact + "/reachability-metadata.json";
        try (var in = NativeMetadataTest.class.getClassLoader().getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            JsonNode resources = JSON.readTree(in).path("resources");
            return resources.findValuesAsText("glob").stream();
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    /** Loads everything but Java itself anew, and notes what our own classes look up. */
    private static final class RecordingLoader extends URLClassLoader {
        private static final StackWalker STACK = StackWalker.getInstance();

        private final Set<String> lookedUp = new ConcurrentSkipListSet<>();

        RecordingLoader() {
            super(classPath(), ClassLoader.getPlatformClassLoader());
        }

        private static URL[] classPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> {
                        try {
                            return Path.of(entry).toUri().toURL();
                        } catch (MalformedURLException e) {
                            throw new AssertionError(entry, e);
                        }
                    })
                    .toArray(URL[]::new);
        }

        @Override
        public URL getResource(String name) {
            note(name);
            return super.getResource(name);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            note(name);
            return super.getResources(name);
        }

        private void note(String name) {
            Optional<String> asking = STACK.walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                    .filter(type -> !type.startsWith("java.") && !type.equals(RecordingLoader.class.getName()))
                    .findFirst());
            if (asking.orElse("").startsWith("dev.wellhead.")) {
                lookedUp.add(name);
            }
        }
    }
}
