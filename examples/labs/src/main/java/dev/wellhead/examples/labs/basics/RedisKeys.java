package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Scene;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;

/** What a Redis holds. */
final class RedisKeys {
    private static final int LONGEST = 40;

    private RedisKeys() {}

    static List<String> all(RedisCommands<String, String> redis) {
        return redis.keys("*").stream().sorted().toList();
    }

    /** Prints each key with its kind, its value and the time that it has left. */
    static void show(Scene scene, RedisCommands<String, String> redis) {
        List<String> keys = all(redis);
        for (String key : keys) {
            String type = redis.type(key);
            long left = redis.pttl(key);
            scene.say(
                    "     %s  %s  %s  %s",
                    cut(key), type, cut(value(redis, type, key)), left < 0 ? "without end" : "ends in " + left + " ms");
        }
        if (keys.isEmpty()) {
            scene.say("     (no keys)");
        }
    }

    /** Returns whether each key ends by itself within so many milliseconds. */
    static boolean allEndWithin(RedisCommands<String, String> redis, long millis) {
        return all(redis).stream().allMatch(key -> {
            long left = redis.pttl(key);
            // -2 is of a key that has ended in this moment.
            return left == -2 || (left >= 0 && left <= millis);
        });
    }

    private static String value(RedisCommands<String, String> redis, String type, String key) {
        return switch (type) {
            case "string" -> String.valueOf(redis.get(key));
            case "list" -> String.valueOf(redis.lrange(key, 0, -1));
            case "set" -> String.valueOf(redis.smembers(key));
            case "hash" -> String.valueOf(redis.hgetall(key));
            case "zset" -> String.valueOf(redis.zrange(key, 0, -1));
            default -> "";
        };
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
