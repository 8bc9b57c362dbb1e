package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisBasicsLabTest {
    private static final String FILE = "Recipes.java";
    private static final String STORE = "redis.set(\"code:\" + user, code, SetArgs.Builder.ex(CODE_LIFETIME));";
    private static final String COUNT = "return redis.incr(\"visits:\" + page);";
    private static final String TAKE = "return redis.blmove(QUEUE, taken(worker), LMoveArgs.Builder.rightLeft(), 0.2);";
    private static final String RECOVER =
            "while (redis.lmove(taken(worker), QUEUE, LMoveArgs.Builder.leftRight()) != null) {}";

    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new RedisBasicsLab(), work);
    }

    @Test
    void valueAndEndInTwoCommandsLeaveACodeForEver() throws Exception {
        Played played = solution()
                .with(FILE, STORE, "redis.set(\"code:\" + user, code); redis.expire(\"code:\" + user, CODE_LIFETIME);")
                .play();

        assertThat(played.unmet()).containsExactly("wherever the process dies, no code without an end is left");
    }

    @Test
    void readingAndWritingWithinATransactionLosesVisits() throws Exception {
        Played played = solution().with(FILE, COUNT, """
                        String visits = redis.get("visits:" + page);
                        long more = visits == null ? 1 : Long.parseLong(visits) + 1;
                        redis.multi();
                        redis.set("visits:" + page, String.valueOf(more));
                        redis.exec();
                        return more;""").play();

        assertThat(played.unmet()).containsExactly("visits at the same time are all counted, each page on its own");
    }

    @Test
    void watchingWhatWasReadPasses() throws Exception {
        Played played = solution().with(FILE, COUNT, """
                        while (true) {
                            redis.watch("visits:" + page);
                            String visits = redis.get("visits:" + page);
                            long more = visits == null ? 1 : Long.parseLong(visits) + 1;
                            redis.multi();
                            redis.set("visits:" + page, String.valueOf(more));
                            if (!redis.exec().wasDiscarded()) {
                                return more;
                            }
                        }""").play();

        played.isSolved();
    }

    @Test
    void takingAndRememberingInTwoCommandsLosesAJob() throws Exception {
        Played played = solution().with(FILE, TAKE, """
                        String job = redis.rpop(QUEUE);
                        if (job != null) {
                            redis.lpush(taken(worker), job);
                        }
                        return job;""").play();

        assertThat(played.unmet()).containsExactly("wherever a worker dies within take(), no job is lost");
    }

    @Test
    void recoveringByDeletingFirstLosesAJob() throws Exception {
        Played played = solution().with(FILE, RECOVER, """
                        var jobs = redis.lrange(taken(worker), 0, -1);
                        redis.del(taken(worker));
                        for (String job : jobs) {
                            redis.rpush(QUEUE, job);
                        }""").play();

        assertThat(played.unmet()).containsExactly("wherever somebody dies within recover(), no job is lost");
    }

    @Test
    void recoveringInOneTransactionPasses() throws Exception {
        Played played = solution().with(FILE, RECOVER, """
                        var jobs = redis.lrange(taken(worker), 0, -1);
                        redis.multi();
                        for (String job : jobs) {
                            redis.rpush(QUEUE, job);
                        }
                        redis.del(taken(worker));
                        redis.exec();""").play();

        played.isSolved();
    }

    @Test
    void jobThatIsNotTakenOutWhenDoneComesAgain() throws Exception {
        Played played =
                solution().with(FILE, "redis.lrem(taken(worker), 1, job);", "").play();

        assertThat(played.unmet())
                .containsExactly("a job that is done does not come again, and an empty queue gives null");
    }
}
