package dev.wellhead.examples.labs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AttemptTest {
    @Test
    void whatTheLearnersCodeThrowsIsItsOutcome() throws Exception {
        Outcome<String> outcome = Attempt.call("code", () -> {
            throw new StackOverflowError("deep");
        });

        assertThat(outcome.failedWith(StackOverflowError.class)).isTrue();
        assertThat(outcome.text()).isEqualTo("threw StackOverflowError, deep");
    }

    @Test
    void refusalOfADatabaseIsToldByItsFirstLine() throws Exception {
        Outcome<Boolean> outcome = Attempt.run("code", () -> {
            throw new SQLException("ERROR: no\n  Detail: of it", "23505");
        });

        assertThat(outcome.text()).isEqualTo("threw 23505, ERROR: no");
    }

    @Test
    void whoWantsTheResultIsToldWhatWasThrownInstead() {
        SQLException refused = new SQLException("refused");

        assertThatThrownBy(() -> Attempt.get("get()", () -> {
                    throw refused;
                }))
                .isInstanceOf(ExerciseException.class)
                .hasMessage("get() threw java.sql.SQLException: refused")
                .hasCause(refused);
        assertThatThrownBy(() -> Attempt.perform("get()", () -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(ExerciseException.class)
                .hasMessage("get() threw java.lang.StackOverflowError");
    }

    @Test
    void codeThatHangsIsInterruptedAndNamed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Attempt<Boolean> attempt = Attempt.begin("take()", () -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
        });
        begun.await();

        assertThatThrownBy(() -> attempt.outcome(Duration.ofMillis(20)))
                .isInstanceOf(ExerciseException.class)
                .hasMessage("take() had not returned after 20 ms: what does it wait for?");
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoOnlyLooksDoesNotEndIt() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        Attempt<String> attempt = Attempt.start("get()", () -> {
            gate.await();
            return "well";
        });

        assertThat(attempt.within(Duration.ofMillis(20))).isEmpty();
        assertThat(attempt.ended()).isFalse();
        gate.countDown();

        assertThat(attempt.result()).isEqualTo("well");
        assertThat(attempt.within(Duration.ZERO)).contains(new Outcome<>("well", null));
    }

    @Test
    void lineOfTheLearnersFileIsNamed() {
        Throwable thrown = new IllegalStateException("no");
        thrown.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("org.postgresql.Driver", "connect", "Driver.java", 7),
            new StackTraceElement("Desk", "open", "Desk.java", 42)
        });

        assertThat(Attempt.describe(thrown)).isEqualTo("java.lang.IllegalStateException: no, at Desk.java:42");
    }
}
