package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Outcome;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A login that the next process does not know, and that never ends. */
public final class RedisSessionLab implements Lab {
    private static final int LENGTH_OF_128_BITS = 22;
    private static final Duration USED_UP = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "redis-session";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        RedisServer server = scene.redis();
        RedisCommands<String, String> redis = scene.connect(server);
        Sessions sessions = JavaExercise.load(scene, "LoginSessions.java", Sessions.class);
        Processes processes = new Processes(scene, redis, sessions, otherProcess(scene, server, sessions));

        processes.ids();
        processes.shared();
        processes.sliding();
        processes.logout();
        processes.logoutMeanwhile(scene.connect(server));
        processes.expiry();
    }

    private static OtherProcess otherProcess(Scene scene, RedisServer server, Sessions sessions) throws IOException {
        String classes = Objects.requireNonNull(
                        sessions.getClass().getProtectionDomain().getCodeSource())
                .getLocation()
                .toString();
        return scene.closing(OtherProcess.start(
                Map.of(SessionsProcess.REDIS, server.uri()),
                SessionsProcess.class,
                classes,
                sessions.getClass().getName()));
    }

    /** This process and the other one, each with the learner's sessions. */
    private static final class Processes {
        private final Scene scene;
        private final RedisCommands<String, String> redis;
        private final Sessions sessions;
        private final OtherProcess other;

        Processes(Scene scene, RedisCommands<String, String> redis, Sessions sessions, OtherProcess other) {
            this.scene = scene;
            this.redis = redis;
            this.sessions = sessions;
            this.other = other;
        }

        void ids() throws ExerciseException, InterruptedException {
            scene.heading("ada and bob log in, in process 1");
            String first = login("ada");
            String second = login("bob");
            RedisKeys.show(scene, redis);
            long same = 0;
            int shorter = Math.min(first.length(), second.length());
            for (int i = 0; i < shorter; i++) {
                same += first.charAt(i) == second.charAt(i) ? 1 : 0;
            }
            scene.say("   ids of %d and %d characters, %d of them the same", first.length(), second.length(), same);
            scene.goal(
                    "an id is long and random: who knows one cannot guess the next",
                    shorter >= LENGTH_OF_128_BITS && same <= shorter / 2,
                    "128 bits are 22 characters or more; the JDK has a random number generator for secrets");
        }

        void shared() throws ExerciseException, InterruptedException {
            scene.heading("ada logs in, in process 1; the next request comes to process 2");
            redis.flushall();
            String ada = login("ada");
            String bob = login("bob");
            String seen = otherUser(ada);
            scene.say("   process 2 says: %s", seen);
            scene.goal(
                    "process 2 knows who is logged in",
                    seen.equals("ada")
                            && otherUser(bob).equals("bob")
                            && otherUser("no-session").equals("nobody"),
                    "a static field is one process's own; what do both of them reach?");
            RedisKeys.show(scene, redis);
            scene.goal(
                    "every key of a session ends by itself, within 30 minutes",
                    !RedisKeys.all(redis).isEmpty() && RedisKeys.allEndWithin(redis, Sessions.LIFETIME.toMillis()),
                    "who closes the browser never logs out: what happens to the session?");
        }

        void sliding() throws ExerciseException, InterruptedException {
            scene.heading("10 of the 30 minutes are left, and ada comes again");
            redis.flushall();
            String ada = login("ada");
            List<String> keys = RedisKeys.all(redis);
            keys.forEach(key -> redis.pexpire(key, USED_UP.toMillis()));
            RedisKeys.show(scene, redis);
            String seen = user(ada);
            scene.say("   process 1 says: %s", seen);
            RedisKeys.show(scene, redis);
            boolean longer = prolonged(keys);
            keys.forEach(key -> redis.pexpire(key, USED_UP.toMillis()));
            otherUser(ada);
            scene.goal(
                    "each read lets the session last 30 minutes from then, in either process",
                    seen.equals("ada") && longer && prolonged(keys),
                    "TTL is counted from the last EXPIRE; GETEX reads and sets it in one command");
        }

        private boolean prolonged(List<String> keys) {
            return !keys.isEmpty()
                    && RedisKeys.allEndWithin(redis, Sessions.LIFETIME.toMillis())
                    && keys.stream().allMatch(key -> redis.pttl(key) > USED_UP.toMillis());
        }

        void logout() throws ExerciseException, InterruptedException {
            scene.heading("ada logs out, in process 1");
            redis.flushall();
            String ada = login("ada");
            String bob = login("bob");
            String before = otherUser(ada);
            Outcome<Boolean> outcome = Attempt.run("logout()", () -> sessions.logout(redis, ada));
            String after = otherUser(ada);
            scene.say("   process 2 said %s, and says %s; of bob it says %s", before, after, otherUser(bob));
            scene.goal(
                    "a logout ends the session at once for both processes, and no other session",
                    !outcome.failed()
                            && before.equals("ada")
                            && after.equals("nobody")
                            && user(ada).equals("nobody")
                            && otherUser(bob).equals("bob"),
                    "what a process remembers by itself it does not hear of when it changes");
        }

        void logoutMeanwhile(RedisCommands<String, String> third) throws ExerciseException, InterruptedException {
            scene.heading("ada logs out while another request of hers is in the middle of user()");
            redis.flushall();
            String ada = login("ada");
            boolean wasThere = user(ada).equals("ada");
            AtomicBoolean loggedOut = new AtomicBoolean();
            RedisCommands<String, String> interrupted = WatchedCommands.of(redis, command -> {
                if (command == 2) {
                    loggedOut.set(true);
                    sessions.logout(third, ada);
                }
            });
            Outcome<String> outcome = Attempt.call("user()", () -> show(sessions.user(interrupted, ada)));
            if (!loggedOut.get()) {
                // What user() does in one command cannot be interrupted.
                complain("logout()", Attempt.run("logout()", () -> sessions.logout(third, ada)));
            }
            scene.say("   user() %s, then Redis holds:", outcome.text());
            RedisKeys.show(scene, redis);
            scene.goal(
                    "a session that has ended is not brought back by a request that was under way",
                    wasThere && !outcome.failed() && otherUser(ada).equals("nobody"),
                    "writing the value again makes a key that had gone; EXPIRE and GETEX do not");
        }

        void expiry() throws ExerciseException, InterruptedException {
            scene.heading("the 30 minutes are over");
            redis.flushall();
            String ada = login("ada");
            boolean wasThere = user(ada).equals("ada") && otherUser(ada).equals("ada");
            List<String> keys = RedisKeys.all(redis);
            keys.forEach(key -> redis.pexpire(key, 1));
            Await.until(PATIENCE, () -> RedisKeys.all(redis).isEmpty());
            String here = user(ada);
            String there = otherUser(ada);
            scene.say("   process 1 says %s, process 2 says %s", here, there);
            scene.goal(
                    "a session whose time is over is over for both processes",
                    wasThere && !keys.isEmpty() && here.equals("nobody") && there.equals("nobody"),
                    "let Redis forget it, and ask Redis each time");
        }

        private void complain(String what, Outcome<?> outcome) {
            if (outcome.failed()) {
                scene.say("   %s %s", what, outcome.text());
            }
        }

        private String login(String user) throws ExerciseException, InterruptedException {
            return told(Attempt.call("login()", () -> show(sessions.login(redis, user))));
        }

        private String user(String id) throws ExerciseException, InterruptedException {
            return told(Attempt.call("user()", () -> show(sessions.user(redis, id))));
        }

        private static String told(Outcome<String> outcome) {
            return outcome.failed() ? outcome.text() : show(outcome.result());
        }

        private String otherUser(String id) throws ExerciseException, InterruptedException {
            return other.ask("user " + id);
        }

        private static String show(@Nullable String user) {
            return user == null ? SessionsProcess.NOBODY : user;
        }
    }
}
