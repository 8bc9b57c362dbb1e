package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ManualTicker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SlowReadTest {
    private final ManualTicker ticker = new ManualTicker();
    private final Deque<Runnable> queued = new ArrayDeque<>();
    private Callable<String> question = () -> "answer";
    private int asked;
    private final SlowRead<String> read = new SlowRead<>(
            "the test's",
            () -> {
                asked++;
                return question.call();
            },
            ticker,
            queued::add,
            Duration.ofSeconds(15).toNanos());

    @Test
    void nothingIsAskedBeforeSomebodyLooks() {
        assertThat(queued).isEmpty();

        assertThat(look()).containsEntry("state", "reading").containsEntry("value", null);

        assertThat(queued).hasSize(1);
    }

    @Test
    void oneQuestionIsUnderWayAtATime() {
        look();
        look();
        assertThat(queued).hasSize(1);
        ticker.advance(Duration.ofMinutes(1));

        assertThat(look()).containsEntry("readingMs", 60_000L);
        assertThat(queued).hasSize(1);
    }

    @Test
    void anAnswerIsGoodForAWhile() {
        look();
        answer();
        ticker.advance(Duration.ofSeconds(14));
        assertThat(look())
                .containsEntry("state", "ready")
                .containsEntry("value", "answer!")
                .containsEntry("ageMs", 14_000L)
                .containsEntry("readingMs", null);
        assertThat(queued).isEmpty();

        ticker.advance(Duration.ofSeconds(1));
        look();

        assertThat(queued).hasSize(1);
    }

    @Test
    void whatWasKnownStaysShownBesideALaterFailure() {
        look();
        answer();
        ticker.advance(Duration.ofSeconds(20));
        question = () -> {
            throw new SQLException("canary-in-a-driver", "08006");
        };
        look();
        answer();

        assertThat(look())
                .containsEntry("state", "failed")
                .containsEntry("value", "answer!")
                .containsEntry("ageMs", 20_000L)
                .containsEntry("error", "SQLException, SQLState 08006");
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aReaderThatIsNotToBeHadIsAskedForAgain() {
        SlowRead<String> refused = new SlowRead<>(
                "the test's",
                () -> "answer",
                ticker,
                task -> {
                    if (asked++ == 0) {
                        throw new RejectedExecutionException("canary");
                    }
                    task.run();
                },
                1);

        assertThat(refused.look(value -> value)).containsEntry("state", "reading");
        assertThat(refused.look(value -> value)).containsEntry("state", "ready");
    }

    private Map<String, Object> look() {
        return read.look(value -> value + "!");
    }

    private void answer() {
        queued.remove().run();
    }
}
