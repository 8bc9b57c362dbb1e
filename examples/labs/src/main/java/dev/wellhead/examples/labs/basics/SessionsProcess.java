package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Sql;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Serves the learner's sessions in a process of its own. Asked by lines {@code login <user>}, {@code user <id>} and
 * {@code logout <id>}.
 */
final class SessionsProcess {
    /** The environment variable with the address of Redis, which may hold a password. */
    static final String REDIS = "WELLHEAD_LAB_REDIS";

    /** The answer that stands for null. */
    static final String NOBODY = "nobody";

    private SessionsProcess() {}

    /** Expects where the compiled exercise lies, and the name of its class. */
    public static void main(String[] arguments) throws Exception {
        RedisClient client = RedisClient.create(Objects.requireNonNull(System.getenv(REDIS), REDIS));
        try (URLClassLoader loader = new URLClassLoader(
                        new URL[] {URI.create(arguments[0]).toURL()}, Sessions.class.getClassLoader());
                BufferedReader questions =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Sessions sessions = Sessions.class.cast(
                    loader.loadClass(arguments[1]).getDeclaredConstructor().newInstance());
            RedisCommands<String, String> redis = client.connect().sync();
            String question;
            while ((question = questions.readLine()) != null) {
                System.out.println(OtherProcess.ANSWER + answer(sessions, redis, question));
            }
        } finally {
            client.shutdown();
        }
    }

    private static String answer(Sessions sessions, RedisCommands<String, String> redis, String question) {
        int blank = question.indexOf(' ');
        String what = question.substring(0, blank);
        String argument = question.substring(blank + 1);
        try {
            return switch (what) {
                case "login" -> sessions.login(redis, argument);
                case "user" -> Objects.requireNonNullElse(sessions.user(redis, argument), NOBODY);
                case "logout" -> {
                    sessions.logout(redis, argument);
                    yield "ok";
                }
                default -> throw new IllegalArgumentException(what);
            };
        } catch (RuntimeException | Error e) {
            return "failed: " + Sql.describe(e);
        }
    }
}
