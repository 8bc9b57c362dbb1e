package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private Contender contender(String name, double cost) {
        return new Contender(name, (jdk, effort) -> {
            measured.add(name);
            return Map.of("cost", cost);
        });
    }
}
