package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MutationTest {
    private static final String ADVANCE = "nanos.addAndGet(by.toNanos());";

    private final Mutation mutation = Mutation.of(MutationTest.class);

    @Test
    void checkFindsTheFaultOfAMutant() {
        Mutant backwards = mutant(ADVANCE, "nanos.addAndGet(-by.toNanos());");

        assertThatThrownBy(() -> mutation.run(backwards, ClockCheck.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the clock moves on");
    }

    @Test
    void faultStaysInsideItsRun() throws Throwable {
        Mutant backwards = mutant(ADVANCE, "nanos.addAndGet(-by.toNanos());");
        assertThatThrownBy(() -> mutation.run(backwards, ClockCheck.class)).isInstanceOf(AssertionError.class);

        assertThatCode(() -> mutation.runUnchanged(ClockCheck.class)).doesNotThrowAnyException();

        new ClockCheck().run();
    }

    @Test
    void assertionsOfTheModuleAreOn() {
        Mutant asserting = mutant(ADVANCE, "assert by.isNegative() : \"asserted\";");

        assertThatThrownBy(() -> mutation.run(asserting, ClockCheck.class))
                .isInstanceOf(AssertionError.class)
                .hasMessage("asserted");
    }

    @Test
    void mutantOfATextThatIsGoneIsRefused() {
        Mutant rotten = mutant("nanos.subtract(by);", "");

        assertThatThrownBy(() -> mutation.run(rotten, ClockCheck.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("mutant 'the clock errs'")
                .hasMessageContaining("occurs nowhere")
                .hasMessageContaining("ManualTicker.java");
    }

    @Test
    void mutantOfATextThatOccursTwiceIsRefused() {
        Mutant ambiguous = mutant("nanos", "millis");

        assertThatThrownBy(() -> mutation.run(ambiguous, ClockCheck.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("occurs more than once");
    }

    @Test
    void mutantThatDoesNotCompileIsRefused() {
        Mutant broken = mutant(ADVANCE, "nanos.addAndGet(by);");

        assertThatThrownBy(() -> mutation.run(broken, ClockCheck.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not compile")
                .hasMessageContaining("Duration");
    }

    private static Mutant mutant(String original, String replacement) {
        return new Mutant("the clock errs", "ManualTicker", original, replacement);
    }

    private static final class ClockCheck implements Runnable {
        @Override
        public void run() {
            ManualTicker ticker = new ManualTicker();
            long before = ticker.nanos();

            ticker.advance(Duration.ofNanos(1));

            assertThat(ticker.nanos() - before).as("the clock moves on").isPositive();
        }
    }
}
