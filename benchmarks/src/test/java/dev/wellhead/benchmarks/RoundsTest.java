package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private final List<String> measured = new ArrayList<>();

    @Test
    void everyRoundMeasuresAllAndBeginsWithTheNext() throws Exception {
        List<Contender> contenders = List.of(contender("a", 1), contender("b", 2), contender("c", 3));

        List<Round> rounds = new Rounds(Jdk.current(), Effort.QUICK, 4).run(contenders, () -> measured.add("|"));

        assertThat(String.join("", measured)).isEqualTo("abc|bca|cab|abc|");
        assertThat(rounds).hasSize(4).allSatisfy(round -> {
            assertThat(round.metrics().keySet()).containsExactly("a", "b", "c");
            assertThat(round.metric("c", "cost")).isEqualTo(3);
        });
    }

    @Test
    void resultThatIsNoNumberBreaksTheRun() {
        Rounds rounds = new Rounds(Jdk.current(), Effort.QUICK, 1);

        assertThatThrownBy(() -> rounds.run(List.of(contender("a", Double.NaN)), () -> {}))
                .isInstanceOf(BenchmarkException.class)
                .hasMessage("'a' on " + Jdk.current() + " measured {cost=NaN}");
    }

    @Test
    void contenderThatFailsIsMeasuredAgainTwiceAtFullEffortAndItIsTold() throws Exception {
        List<String> complaints = new ArrayList<>();
        Rounds rounds = new Rounds(Jdk.current(), Effort.FULL, 1, complaints::add);

        List<Round> measuredAtLast = rounds.run(List.of(failing(2), contender("b", 2)), () -> {});

        assertThat(measuredAtLast.get(0).metric("failing", "cost")).isEqualTo(7);
        assertThat(complaints).containsExactly("attempt 1 fails", "attempt 2 fails");
        assertThatThrownBy(() -> rounds.run(List.of(failing(3)), () -> {})).hasMessage("attempt 3 fails");
        assertThatThrownBy(() -> new Rounds(Jdk.current(), Effort.QUICK, 1).run(List.of(failing(1)), () -> {}))
                .hasMessage("attempt 1 fails");
    }

    private static Contender failing(int times) {
        AtomicInteger attempts = new AtomicInteger();
        return new Contender("failing", (jdk, effort) -> {
            if (attempts.incrementAndGet() <= times) {
                throw new BenchmarkException("attempt " + attempts.get() + " fails");
            }
            return Map.of("cost", 7.0);
        });
    }

    private Contender contender(String name, double cost) {
        return new Contender(name, (jdk, effort) -> {
            measured.add(name);
            return Map.of("cost", cost);
        });
    }
}
