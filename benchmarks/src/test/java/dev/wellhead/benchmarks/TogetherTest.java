package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TogetherTest {
    @Test
    void oneJvmMeasuresAllContendersOfARound() throws Exception {
        List<Contender> contenders = new Together(worker("a", "b"), List.of("pid", "ms")).contenders(List.of("a", "b"));

        List<Round> rounds = new Rounds(Jdk.current(), Effort.QUICK, 2).run(contenders, () -> {});

        assertThat(rounds).allSatisfy(round -> {
            assertThat(round.metric("a", "pid")).isEqualTo(round.metric("b", "pid"));
            assertThat(round.metric("a", "ms")).isEqualTo(1);
        });
        assertThat(rounds.get(0).metric("a", "pid")).isNotEqualTo(rounds.get(1).metric("a", "pid"));
    }

    @Test
    void contenderOfWhichNothingIsSaidIsNamed() {
        List<Contender> contenders = new Together(worker("a"), List.of("ms")).contenders(List.of("a", "b"));

        assertThatThrownBy(() -> contenders.get(0).measurement().measure(Jdk.current(), Effort.QUICK))
                .isInstanceOf(BenchmarkException.class)
                .hasMessage("worker Says [a] on " + Jdk.current() + " printed no b/ms");
    }

    private static Worker worker(String... names) {
        return new Worker(Says.class, List.of(), List.of(names), Duration.ofSeconds(60));
    }

    static final class Says {
        private Says() {}

        public static void main(String[] names) {
            for (String name : names) {
                System.out.println(name + "/ms=1");
                System.out.println(name + "/pid=" + ProcessHandle.current().pid());
            }
        }
    }
}
