package dev.wellhead.examples.labs.debugging;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.TemporaryFolder;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A database in the layer of its container: it outlives a crash, and is gone with the next release. */
public final class LostDataLab implements Lab {
    private static final String FILE = "orders.file";
    private static final String MOUNT = "volume.mount";

    @Override
    public String name() {
        return "lost-data";
    }

    @Override
    public Level level() {
        return Level.DEBUGGING;
    }

    @Override
    public void play(Scene scene) throws Exception {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(scene.exercise("container.properties"))) {
            properties.load(reader);
        } catch (IllegalArgumentException e) {
            throw new ExerciseException("container.properties cannot be read: " + e.getMessage(), e);
        }
        Path file = Container.inside(FILE, property(properties, FILE));
        Path mount = mount(properties);
        Path host = scene.closing(TemporaryFolder.create()).path();
        Path volume = Files.createDirectory(host.resolve("volume"));

        try (Container first = new Container(host.resolve("container-1"), volume, mount)) {
            crash(scene, first, file, host);
        }
        scene.say("   container-1 is removed, with all that lay in it");
        Path data;
        try (Container second = new Container(host.resolve("container-2"), volume, mount)) {
            release(scene, second, file);
            data = second.resolve(file);
        }
        remains(scene, data, volume);
    }

    private static String property(Properties properties, String name) throws ExerciseException {
        String value = properties.getProperty(name);
        if (value == null) {
            throw new ExerciseException("container.properties has no " + name);
        }
        return value.strip();
    }

    private static @Nullable Path mount(Properties properties) throws ExerciseException {
        String mount = property(properties, MOUNT);
        return mount.isEmpty() ? null : Container.inside(MOUNT, mount);
    }

    private static void crash(Scene scene, Container container, Path file, Path host)
            throws IOException, ExerciseException {
        scene.heading("container-1 runs release 1");
        scene.say("   %s in the container is %s outside", file, host.relativize(container.resolve(file)));
        Container.Run run = container.run(file, 3);
        scene.say("   it found %d orders, and took more up to number %d; then it was killed", run.found(), run.last());
        Container.Run again = container.run(file, 1);
        scene.say("   started again it found %d, and took number %d", again.found(), again.last());
        scene.fact("a container that is killed and started again has its data", again.found() == 3);
        scene.fact("an order that was committed outlives kill -9", again.last() == 4);
    }

    private static void release(Scene scene, Container container, Path file) throws IOException, ExerciseException {
        scene.heading("container-2 runs release 2, in place of container-1");
        Container.Run run = container.run(file, 1);
        scene.say("   it found %d orders, and took number %d", run.found(), run.last());
        scene.goal(
                "the new container has the 4 orders of the old one",
                run.found() == 4,
                "where did the file lie, and what became of that folder?");
        scene.goal(
                "the next order gets number 5, which no customer has yet",
                run.last() == 5,
                "it got " + run.last() + ": an empty database begins again from 1");
    }

    private static void remains(Scene scene, Path data, Path volume) throws SQLException {
        scene.heading("both containers are removed; what is left outside");
        boolean kept = data.startsWith(volume) && Files.isRegularFile(data);
        List<String> found = List.of();
        if (kept) {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data)) {
                scene.show(connection, "select count(*) as orders, max(number) as last_number from orders");
                found = Sql.rows(connection, "select count(*), max(number) from orders");
                found = Sql.rows(connection, "pragma integrity_check").equals(List.of("ok")) ? found : List.of();
            }
        } else {
            scene.say("   nothing");
        }
        scene.goal(
                "without any container the 5 orders are in the volume",
                found.equals(List.of("5|5")),
                "a volume that is mounted beside the data keeps nothing");
    }
}
