package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Outcome;
import dev.wellhead.examples.labs.Scene;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A code that stays for ever, a counter that forgets, and a queue whose jobs die with their worker. */
public final class RedisBasicsLab implements Lab {
    private static final int MOST_COMMANDS = 6;
    private static final String DEAD = "worker-1";
    private static final String ALIVE = "worker-2";
    private static final List<String> JOBS = List.of("job-a", "job-b");

    @Override
    public String name() {
        return "redis-basics";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        RedisCommands<String, String> redis = scene.connect(scene.redis());
        RedisCommands<String, String> second = scene.connect(scene.redis());
        facts(scene, redis, second);
        Trial trial = new Trial(scene, redis, second, JavaExercise.load(scene, "Recipes.java", RedisRecipes.class));
        trial.codes();
        trial.counter();
        trial.queue();
        trial.crashes();
    }

    private static void facts(Scene scene, RedisCommands<String, String> redis, RedisCommands<String, String> second) {
        scene.heading("two clients count a visit by GET and SET, then by INCR");
        redis.set("visits", "0");
        long first = Long.parseLong(redis.get("visits"));
        long other = Long.parseLong(second.get("visits"));
        redis.set("visits", String.valueOf(first + 1));
        second.set("visits", String.valueOf(other + 1));
        String lost = redis.get("visits");
        scene.say("   GET, GET, SET, SET: %s", lost);
        redis.set("visits", "0");
        redis.incr("visits");
        second.incr("visits");
        String kept = redis.get("visits");
        scene.say("   INCR, INCR: %s", kept);
        scene.fact("GET and SET of two clients lose a visit, INCR does not", "1".equals(lost) && "2".equals(kept));
    }

    /** The learner's recipes at work. */
    private static final class Trial {
        private final Scene scene;
        private final RedisCommands<String, String> redis;
        private final RedisCommands<String, String> second;
        private final RedisRecipes recipes;

        Trial(
                Scene scene,
                RedisCommands<String, String> redis,
                RedisCommands<String, String> second,
                RedisRecipes recipes) {
            this.scene = scene;
            this.redis = redis;
            this.second = second;
            this.recipes = recipes;
        }

        void codes() throws ExerciseException, InterruptedException {
            scene.heading("your Recipes: a code, good for 5 minutes");
            redis.flushall();
            Outcome<Boolean> stored = Attempt.run("storeCode()", () -> {
                recipes.storeCode(redis, "bob", "731925");
                recipes.storeCode(redis, "ada", "111111");
                recipes.storeCode(redis, "ada", "402817");
            });
            complain("storeCode()", stored);
            RedisKeys.show(scene, redis);
            long lifetime = RedisRecipes.CODE_LIFETIME.toMillis();
            List<String> keys = RedisKeys.all(redis);
            scene.goal(
                    "a code ends by itself, 5 minutes after it was stored at the latest",
                    !stored.failed() && !keys.isEmpty() && RedisKeys.allEndWithin(redis, lifetime),
                    "what does a key have that ends? TTL shows it; -1 is: never");
            boolean found = "402817".equals(code("ada")) && "731925".equals(code("bob"));
            keys.forEach(key -> redis.pexpire(key, 0));
            scene.goal(
                    "a user's last code is found, and is not found when its time is over",
                    found && code("ada") == null && code("nobody") == null,
                    "code() has to return what Redis has now, and null for nothing");
            boolean ends = true;
            for (int survived = 0; survived < MOST_COMMANDS; survived++) {
                redis.flushall();
                RedisCommands<String, String> dying = WatchedCommands.dyingAfter(survived, redis);
                Outcome<Boolean> outcome = Attempt.run("storeCode()", () -> recipes.storeCode(dying, "ada", "402817"));
                WatchedCommands.bury(redis);
                if (!RedisKeys.allEndWithin(redis, lifetime)) {
                    ends = false;
                    scene.say("   storeCode() %s:", outcome.failed() ? outcome.text() : "went through");
                    RedisKeys.show(scene, redis);
                }
                if (!outcome.failedWith(WatchedCommands.Crash.class)) {
                    break;
                }
            }
            scene.goal(
                    "wherever the process dies, no code without an end is left",
                    ends,
                    "value and end have to come with one command");
        }

        private @Nullable String code(String user) throws ExerciseException, InterruptedException {
            Outcome<@Nullable String> outcome = Attempt.call("code()", () -> recipes.code(redis, user));
            complain("code()", outcome);
            return outcome.failed() ? "(failed)" : outcome.result();
        }

        void counter() throws ExerciseException, InterruptedException {
            scene.heading("two visits of one page at the same time");
            redis.flushall();
            Lockstep lockstep = new Lockstep();
            List<Attempt<Long>> visits = new ArrayList<>();
            visits.add(visit(lockstep, 0, redis));
            visits.add(visit(lockstep, 1, second));
            Set<Long> counted = new TreeSet<>();
            for (Attempt<Long> visit : visits) {
                Outcome<Long> outcome = visit.outcome();
                scene.say("   countVisit() %s", outcome.text());
                Long count = outcome.result();
                if (count != null) {
                    counted.add(count);
                }
            }
            RedisKeys.show(scene, redis);
            Outcome<Long> third = Attempt.call("countVisit()", () -> recipes.countVisit(redis, "home"));
            Outcome<Long> elsewhere = Attempt.call("countVisit()", () -> recipes.countVisit(redis, "help"));
            scene.say("   then one more: %s", third.text());
            scene.goal(
                    "visits at the same time are all counted, each page on its own",
                    counted.equals(Set.of(1L, 2L))
                            && Long.valueOf(3).equals(third.result())
                            && Long.valueOf(1).equals(elsewhere.result()),
                    "between your read and your write there is room for somebody else; Redis can add by itself");
        }

        private Attempt<Long> visit(Lockstep lockstep, int caller, RedisCommands<String, String> connection) {
            RedisCommands<String, String> commands = lockstep.of(caller, connection);
            return Attempt.start("countVisit()", () -> {
                try {
                    return recipes.countVisit(commands, "home");
                } finally {
                    lockstep.ended();
                }
            });
        }

        void queue() throws ExerciseException, InterruptedException {
            scene.heading("two jobs; a worker takes the first, and dies before it is done");
            submitAll();
            String taken = take(redis, DEAD);
            scene.say("   %s took %s; Redis holds:", DEAD, String.valueOf(taken));
            RedisKeys.show(scene, redis);
            recover(redis);
            scene.say("   after recover(%s):", DEAD);
            RedisKeys.show(scene, redis);
            Set<String> again = takeTwo();
            scene.goal(
                    "jobs come in the order in which they were submitted",
                    JOBS.get(0).equals(taken),
                    "one end of a list is for putting in, the other one for taking out");
            scene.goal(
                    "the job of a dead worker is taken again by another one",
                    again.equals(Set.copyOf(JOBS)),
                    "RPOP hands a job out and forgets it; a list of its own for each worker would remember");
            boolean over = take(redis, ALIVE) == null;

            submitAll();
            String done = take(redis, DEAD);
            Outcome<Boolean> ended = done == null
                    ? new Outcome<>(false, null)
                    : Attempt.run("done()", () -> recipes.done(redis, DEAD, done));
            complain("done()", ended);
            recover(redis);
            Set<String> rest = new TreeSet<>();
            for (int i = 0; i < JOBS.size(); i++) {
                String job = take(redis, ALIVE);
                if (job != null) {
                    rest.add(job);
                }
            }
            scene.goal(
                    "a job that is done does not come again, and an empty queue gives null",
                    over && !ended.failed() && rest.equals(Set.of(JOBS.get(1))),
                    "done() has to take the job out of where take() has put it");
        }

        void crashes() throws ExerciseException, InterruptedException {
            scene.heading(
                    "a worker dies within take(), after each of its commands; then somebody dies within recover()");
            boolean kept = true;
            for (int survived = 0; survived < MOST_COMMANDS && kept; survived++) {
                submitAll();
                int commands = survived;
                Outcome<String> outcome =
                        Attempt.call("take()", () -> recipes.take(WatchedCommands.dyingAfter(commands, redis), DEAD));
                WatchedCommands.bury(redis);
                recover(redis);
                Set<String> found = takeTwo();
                kept = found.equals(Set.copyOf(JOBS));
                scene.say("   take() %s: %s", outcome.text(), kept ? "nothing lost" : "found again: " + found);
                if (!outcome.failedWith(WatchedCommands.Crash.class)) {
                    break;
                }
            }
            scene.goal(
                    "wherever a worker dies within take(), no job is lost",
                    kept,
                    "out of one list and into the other has to be one command");

            boolean recovered = true;
            for (int survived = 0; survived < MOST_COMMANDS && recovered; survived++) {
                submitAll();
                take(redis, DEAD);
                take(redis, DEAD);
                int commands = survived;
                Outcome<Boolean> outcome = Attempt.run(
                        "recover()", () -> recipes.recover(WatchedCommands.dyingAfter(commands, redis), DEAD));
                WatchedCommands.bury(redis);
                recover(redis);
                Set<String> found = takeTwo();
                recovered = found.equals(Set.copyOf(JOBS));
                scene.say(
                        "   recover() %s, then once more: %s",
                        outcome.failed() ? outcome.text() : "went through",
                        recovered ? "nothing lost" : "found again: " + found);
                if (!outcome.failedWith(WatchedCommands.Crash.class)) {
                    break;
                }
            }
            scene.goal(
                    "wherever somebody dies within recover(), no job is lost",
                    recovered,
                    "each step has to leave every job in one of the lists");
        }

        private void submitAll() throws ExerciseException, InterruptedException {
            redis.flushall();
            complain("submit()", Attempt.run("submit()", () -> {
                for (String job : JOBS) {
                    recipes.submit(redis, job);
                }
            }));
        }

        private @Nullable String take(RedisCommands<String, String> commands, String worker)
                throws ExerciseException, InterruptedException {
            Outcome<@Nullable String> outcome = Attempt.call("take()", () -> recipes.take(commands, worker));
            complain("take()", outcome);
            return outcome.failed() ? "(failed)" : outcome.result();
        }

        /** Takes as many as were submitted, or until there is none. */
        private Set<String> takeTwo() throws ExerciseException, InterruptedException {
            Set<String> taken = new TreeSet<>();
            for (int i = 0; i < JOBS.size(); i++) {
                String job = take(redis, ALIVE);
                if (job == null) {
                    break;
                }
                taken.add(job);
            }
            return taken;
        }

        private void recover(RedisCommands<String, String> commands) throws ExerciseException, InterruptedException {
            complain("recover()", Attempt.run("recover()", () -> recipes.recover(commands, DEAD)));
        }

        private void complain(String what, Outcome<?> outcome) {
            if (outcome.failed()) {
                scene.say("   %s %s", what, outcome.text());
            }
        }
    }
}
