package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** A limiter of two commands: what is left when it dies between them, and what passes at the end of a window. */
public final class NaiveLimiterLab implements Lab {
    private static final int MOST_COMMANDS = 3;
    private static final int THREADS = 8;
    private static final int CALLS_EACH = 10;
    private static final int PERMITS = 20;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int EDGE_PERMITS = 10;
    private static final Duration EDGE = Duration.ofSeconds(1);
    private static final Duration AROUND = Duration.ofMillis(250);
    private static final Duration MOMENT = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** When a call that was allowed began and ended, in nanoseconds. */
    private record Allowed(long from, long to) {}

    @Override
    public String name() {
        return "naive-limiter";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    @Override
    public void play(Scene scene) throws Exception {
        RedisCommands<String, String> redis = scene.connect(scene.redis());
        byHand(scene, redis);
        CallLimiter first = JavaExercise.load(scene, "Limiter.java", CallLimiter.class);
        crashes(scene, redis, first.getClass());
        crowd(scene, redis, fresh(first.getClass()));
        edge(scene, redis, fresh(first.getClass()));
    }

    private static CallLimiter fresh(Class<? extends CallLimiter> type) throws ReflectiveOperationException {
        return type.getDeclaredConstructor().newInstance();
    }

    /** The two faults, step by step, whatever the exercise says. */
    private static void byHand(Scene scene, RedisCommands<String, String> redis) throws Exception {
        scene.heading("by hand: INCR, and EXPIRE if it is the first; 5 a minute");
        scene.say("   INCR ann -> %d, and the process dies", redis.incr("ann"));
        long ttl = redis.ttl("ann");
        int allowed = 0;
        for (int i = 0; i < 9; i++) {
            allowed += isAllowedByHand(redis, "ann") ? 1 : 0;
        }
        scene.say(
                "   TTL ann -> %d; nine more calls: %d allowed, and none ever again, TTL %d",
                ttl, allowed, redis.ttl("ann"));
        scene.fact(
                "a key that has lost its EXPIRE lives for ever (TTL -1), and so does the lockout",
                ttl == -1 && redis.ttl("ann") == -1);

        boolean early = isAllowedByHand(redis, "ben");
        scene.say("   ben calls once, and 59 seconds later as often as he can:");
        int burst = 0;
        for (int i = 0; i < 4; i++) {
            burst += isAllowedByHand(redis, "ben") ? 1 : 0;
        }
        // The last second of the minute.
        redis.pexpire("ben", 1);
        Await.until(PATIENCE, () -> redis.exists("ben") == 0);
        for (int i = 0; i < 9; i++) {
            burst += isAllowedByHand(redis, "ben") ? 1 : 0;
        }
        scene.say("   %d of them pass in that moment", burst);
        scene.fact("around the end of a window nearly twice the limit passes at once", early && burst == 9);
        redis.flushall();
    }

    private static boolean isAllowedByHand(RedisCommands<String, String> redis, String caller) {
        long count = redis.incr(caller);
        if (count == 1) {
            redis.expire(caller, 60);
        }
        return count <= 5;
    }

    private static void crashes(Scene scene, RedisCommands<String, String> redis, Class<? extends CallLimiter> type)
            throws Exception {
        scene.heading("your limiter dies behind its first, second and third command");
        boolean mortal = true;
        for (int commands = 1; commands <= MOST_COMMANDS; commands++) {
            mortal &= crash(scene, redis, fresh(type), commands);
        }
        scene.goal(
                "whenever it dies, no key is left without a time to live",
                mortal,
                "two commands are two moments; Redis runs a script, or a single command, as one");
    }

    /** Returns whether every key will go away by itself. */
    private static boolean crash(Scene scene, RedisCommands<String, String> redis, CallLimiter limiter, int commands)
            throws Exception {
        CommandGate gate = new CommandGate();
        try (Relay relay = Relay.to(scene.redis().port(), gate::tap, Relay::open)) {
            Attempt.perform("open", () -> limiter.open("redis://127.0.0.1:" + relay.port(), PERMITS, LONG));
            Attempt.get("allow", () -> limiter.allow("first"));
            gate.arm(commands);
            end(Attempt.start("allow", () -> limiter.allow("ann")), MOMENT);
        }
        end(Attempt.begin("close", limiter::close), PATIENCE);
        TreeMap<String, Long> lives = new TreeMap<>();
        redis.keys("*").forEach(key -> lives.put(key, redis.ttl(key)));
        scene.say("   passed: %s", gate.passed());
        lives.forEach((key, ttl) -> scene.say("        %-48s TTL %d", key, ttl));
        redis.flushall();
        return !lives.containsValue(-1L);
    }

    /** Whatever comes of it: the caller counts as dead. */
    private static void end(Attempt<?> call, Duration patience) throws InterruptedException {
        call.within(patience);
        call.cancel();
    }

    private static void crowd(Scene scene, RedisCommands<String, String> redis, CallLimiter limiter) throws Exception {
        scene.heading(THREADS + " threads with " + CALLS_EACH + " calls each of one caller; allowed: " + PERMITS);
        Attempt.perform("open", () -> limiter.open(scene.redis().uri(), PERMITS, LONG));
        List<Attempt<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            counts.add(Attempt.start("allow", () -> {
                int allowed = 0;
                for (int call = 0; call < CALLS_EACH; call++) {
                    allowed += limiter.allow("ann") ? 1 : 0;
                }
                return allowed;
            }));
        }
        int allowed = 0;
        for (Attempt<Integer> count : counts) {
            allowed += count.result();
        }
        boolean other = Attempt.get("allow", () -> limiter.allow("ben"));
        scene.say(
                "   %d of %d passed; another caller: %s", allowed, THREADS * CALLS_EACH, other ? "allowed" : "denied");
        Attempt.perform("close", limiter::close);
        redis.flushall();
        scene.goal(
                "exactly " + PERMITS + " calls pass, however many threads ask, and other callers are not touched",
                allowed == PERMITS && other,
                "to read and then to write lets others in between");
    }

    private static void edge(Scene scene, RedisCommands<String, String> redis, CallLimiter limiter) throws Exception {
        scene.heading(EDGE_PERMITS + " a second: one call, and then as many as go around the end of that second");
        Attempt.perform("open", () -> limiter.open(scene.redis().uri(), EDGE_PERMITS, EDGE));
        Attempt.get("allow", () -> limiter.allow("warm"));
        // So that windows that begin with the caller's first call, and those of the clock, end together.
        Await.until(PATIENCE, () -> Long.parseLong(redis.time().get(1)) < 100_000);
        List<Allowed> allowed = Attempt.get("allow", () -> aroundTheEnd(limiter));
        Attempt.perform("close", limiter::close);
        redis.flushall();
        scene.say("   %d calls passed within %d ms", allowed.size() - 1, 2 * AROUND.toMillis());
        scene.goal(
                "no more pass at once than the limit, and what has come back meanwhile",
                allowed.size() > EDGE_PERMITS && isLawful(allowed),
                "a window that begins anew gives everything at once: twice, if its end comes in between");
    }

    private static List<Allowed> aroundTheEnd(CallLimiter limiter) throws Exception {
        List<Allowed> allowed = new ArrayList<>();
        long begun = System.nanoTime();
        call(limiter, allowed);
        long from = begun + EDGE.minus(AROUND).toNanos();
        while (from - System.nanoTime() > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(from - System.nanoTime());
        }
        long to = begun + EDGE.plus(AROUND).toNanos();
        while (to - System.nanoTime() > 0 && !Thread.currentThread().isInterrupted()) {
            call(limiter, allowed);
        }
        return allowed;
    }

    private static void call(CallLimiter limiter, List<Allowed> allowed) throws Exception {
        long from = System.nanoTime();
        if (limiter.allow("ann")) {
            allowed.add(new Allowed(from, System.nanoTime()));
        }
    }

    /**
     * Over each interval at most the limit, and what comes back in it. Intervals are measured from outside, so they are
     * never too short; one call more is allowed for, as two clocks do not run quite alike.
     */
    private static boolean isLawful(List<Allowed> allowed) {
        for (int i = 0; i < allowed.size(); i++) {
            for (int j = i; j < allowed.size(); j++) {
                double back = EDGE_PERMITS * (double) (allowed.get(j).to - allowed.get(i).from) / EDGE.toNanos();
                if (j - i + 1 > EDGE_PERMITS + 1 + back) {
                    return false;
                }
            }
        }
        return true;
    }
}
