package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What Redis remembers when its process is killed. */
public final class RedisPersistenceLab implements Lab {
    private static final int KEYS = 200;
    private static final String ORDER = "order:";
    // What decides on where the data go; addresses, folders and processes are the lab's business.
    private static final Pattern ALLOWED = Pattern.compile(
            "save|append.*|auto-aof-.*|aof-.*|no-appendfsync-on-rewrite|rdb.*|maxmemory.*|stop-writes-on-bgsave-error");

    @Override
    public String name() {
        return "redis-persistence";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    @Override
    public void play(Scene scene) throws Exception {
        nothing(scene);
        snapshots(scene);
        exercise(scene, settings(scene.exercise("redis.conf")));
    }

    /** @return values by name; several lines {@code save} are one setting, as for Redis */
    private static Map<String, String> settings(Path file) throws IOException, ExerciseException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            String[] words = text.split("\\s+", 2);
            if (words.length < 2) {
                throw new ExerciseException(file + ": a setting is a name and a value: " + text);
            }
            if (!ALLOWED.matcher(words[0]).matches()) {
                throw new ExerciseException(file + ": '" + words[0]
                        + "' has nothing to do with what is kept; the lab sets addresses and folders itself");
            }
            settings.merge(
                    words[0], words[1], (earlier, value) -> words[0].equals("save") ? earlier + " " + value : value);
        }
        return settings;
    }

    private static void nothing(Scene scene) {
        scene.heading("nothing is kept: save \"\", appendonly no");
        RedisServer server = scene.ownRedis(RedisServer.builder());
        long before = on(server, redis -> {
            fill(redis, 0);
            return redis.dbsize();
        });
        killAndStart(server);
        long after = on(server, RedisCommands::dbsize);
        scene.say("   %d keys, kill -9, start: %d keys", before, after);
        scene.fact("a Redis that keeps nothing comes back empty", before == KEYS && after == 0);
        server.close();
    }

    private static void snapshots(Scene scene) {
        scene.heading("snapshots: save 3600 1");
        RedisServer server = scene.ownRedis(RedisServer.builder().setting("save", "3600 1"));
        long before = on(server, redis -> {
            fill(redis, 0);
            // What the server does by itself once an hour, if at least one key has changed.
            redis.save();
            fill(redis, KEYS);
            return redis.dbsize();
        });
        killAndStart(server);
        long after = on(server, RedisCommands::dbsize);
        scene.say("   %d keys, half of them behind the snapshot, kill -9, start: %d keys", before, after);
        scene.fact("a snapshot keeps what was there when it was made, and nothing since", after == KEYS);
        server.close();
    }

    private static void exercise(Scene scene, Map<String, String> settings) throws ExerciseException {
        scene.heading("your redis.conf");
        RedisServer.Builder builder = RedisServer.builder();
        settings.forEach((name, value) -> {
            scene.say("   %s %s", name, value);
            builder.setting(name, value);
        });
        RedisServer server = start(scene, builder);
        Map<String, String> acknowledged = on(server, redis -> {
            fill(redis, 0);
            redis.set(ORDER + 1, "changed");
            redis.del(ORDER + 2);
            return all(redis);
        });
        Map<String, String> log = on(server, redis -> {
            Map<String, String> found = new TreeMap<>(redis.configGet("appendonly"));
            found.putAll(redis.configGet("appendfsync"));
            return found;
        });
        killAndStart(server);
        Map<String, String> kept = on(server, RedisPersistenceLab::all);
        scene.say("   %d keys acknowledged, kill -9, start: %d keys", acknowledged.size(), kept.size());
        scene.goal(
                "every write that was acknowledged survives kill -9: what was set, changed and deleted",
                kept.equals(acknowledged) && acknowledged.size() == KEYS - 1,
                "snapshots are always behind; which file of Redis has each write?");
        scene.say("   the server says: %s", log);
        scene.goal(
                "a write is acknowledged once it is on the disk, so that it survives a power cut as well",
                log.equals(Map.of("appendonly", "yes", "appendfsync", "always")),
                "kill -9 ends the process and not the kernel, which still holds what was written; see appendfsync");
    }

    private static RedisServer start(Scene scene, RedisServer.Builder builder) throws ExerciseException {
        try {
            return scene.ownRedis(builder);
        } catch (IllegalStateException e) {
            throw new ExerciseException("Redis does not start with this file: " + e.getMessage(), e);
        }
    }

    private static void killAndStart(RedisServer server) {
        server.kill();
        server.start();
    }

    private static void fill(RedisCommands<String, String> redis, int from) {
        for (int i = from; i < from + KEYS; i++) {
            redis.set(ORDER + i, "pump " + i);
        }
    }

    private static Map<String, String> all(RedisCommands<String, String> redis) {
        Map<String, String> found = new TreeMap<>();
        redis.keys(ORDER + "*").forEach(key -> found.put(key, String.valueOf(redis.get(key))));
        return found;
    }

    /** Over a connection of its own, which does not look for the server while that is away. */
    private static <T> T on(RedisServer server, Function<RedisCommands<String, String>, T> work) {
        RedisClient client = RedisClient.create(server.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return work.apply(connection.sync());
        } finally {
            client.shutdown();
        }
    }
}
