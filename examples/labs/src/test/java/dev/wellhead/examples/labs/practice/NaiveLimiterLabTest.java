package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NaiveLimiterLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new NaiveLimiterLab(), work);
    }

    private static final String BY_HAND = """
            import dev.wellhead.examples.labs.practice.CallLimiter;
            import io.lettuce.core.RedisClient;
            import io.lettuce.core.ScriptOutputType;
            import io.lettuce.core.api.sync.RedisCommands;
            import java.time.Duration;

            public final class Limiter implements CallLimiter {
                private RedisClient client;
                private RedisCommands<String, String> redis;
                private int permits;
                private Duration per;

                @Override
                public void open(String redisUri, int permits, Duration per) {
                    this.permits = permits;
                    this.per = per;
                    client = RedisClient.create(redisUri);
                    redis = client.connect().sync();
                }

                @Override
                public boolean allow(String caller) {
                    BODY
                }

                @Override
                public void close() {
                    client.shutdown();
                }
            }
            """;

    @Test
    void windowInOneScriptStillGivesTwiceTheLimit() throws Exception {
        solution().with("Limiter.java", BY_HAND.replace("BODY", """
                long count = redis.eval(
                        "local n = redis.call('INCR', KEYS[1])"
                                + " if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return n",
                        ScriptOutputType.INTEGER, new String[] {caller}, "" + per.toMillis());
                return count <= permits;""")).play().misses("no more pass at once");
    }

    @Test
    void windowOfTheClockStillGivesTwiceTheLimit() throws Exception {
        solution()
                .with("Limiter.java", "Limit.tokenBucket(", "Limit.fixedWindow(")
                .play()
                .misses("no more pass at once");
    }

    @Test
    void readingBeforeWritingDoesNotPass() throws Exception {
        solution()
                .with("Limiter.java", BY_HAND.replace("BODY", """
                String count = redis.get(caller);
                if (count != null && Integer.parseInt(count) >= permits) {
                    return false;
                }
                redis.psetex(caller, per.toMillis(), "" + (count == null ? 1 : Integer.parseInt(count) + 1));
                return true;"""))
                .play()
                .misses("exactly 20 calls pass", "no more pass at once");
    }

    @Test
    void limiterThatDeniesAllDoesNotPass() throws Exception {
        solution()
                .with("Limiter.java", "return limiter.tryAcquire(limit, caller).allowed();", "return false;")
                .play()
                .misses("exactly 20 calls pass", "no more pass at once");
    }

    @Test
    void slidingCounterPassesAsWell() throws Exception {
        solution()
                .with("Limiter.java", "Limit.tokenBucket(", "Limit.slidingCounter(")
                .play()
                .isSolved();
    }
}
