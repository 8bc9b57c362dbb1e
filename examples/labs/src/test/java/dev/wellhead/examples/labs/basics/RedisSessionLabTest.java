package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisSessionLabTest {
    private static final String FILE = "LoginSessions.java";
    private static final String READ = "return redis.getex(key(id), GetExArgs.Builder.ex(LIFETIME));";
    private static final String RANDOM = "random.nextBytes(bits);";

    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new RedisSessionLab(), work);
    }

    @Test
    void readingWithoutProlongingLetsActiveSessionsEnd() throws Exception {
        Played played =
                solution().with(FILE, READ, "return redis.get(key(id));").play();

        assertThat(played.unmet())
                .containsExactly("each read lets the session last 30 minutes from then, in either process");
    }

    @Test
    void writingAgainToProlongUndoesALogout() throws Exception {
        Played played = solution().with(FILE, READ, """
                        String user = redis.get(key(id));
                        if (user != null) {
                            redis.set(key(id), user, SetArgs.Builder.ex(LIFETIME));
                        }
                        return user;""").play();

        assertThat(played.unmet())
                .containsExactly("a session that has ended is not brought back by a request that was under way");
    }

    @Test
    void copyInTheProcessOutlivesTheSession() throws Exception {
        Played played = solution()
                .with(FILE, "private final SecureRandom", """
                        private final java.util.Map<String, String> known = new java.util.HashMap<>();
                        private final SecureRandom""")
                .with(FILE, READ, """
                        String user = redis.getex(key(id), GetExArgs.Builder.ex(LIFETIME));
                        if (user != null) {
                            known.put(id, user);
                        }
                        return known.get(id);""")
                .play();

        assertThat(played.unmet())
                .contains(
                        "a logout ends the session at once for both processes, and no other session",
                        "a session whose time is over is over for both processes");
    }

    @Test
    void countedIdIsGuessedHoweverLongItIs() throws Exception {
        Played played = solution()
                .with(FILE, RANDOM, "bits[15] = next++;")
                .with(FILE, "private final SecureRandom", "private byte next;\n    private final SecureRandom")
                .play();

        assertThat(played.unmet()).containsExactly("an id is long and random: who knows one cannot guess the next");
    }

    @Test
    void readAndExpireInTwoCommandsPasses() throws Exception {
        Played played = solution()
                .with(FILE, READ, "String user = redis.get(key(id)); redis.expire(key(id), LIFETIME); return user;")
                .play();

        played.isSolved();
    }
}
