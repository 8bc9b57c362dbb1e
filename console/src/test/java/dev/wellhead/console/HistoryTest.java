package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.console.History.Slice;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HistoryTest {
    /** A card of two columns that measures nothing itself. */
    private static final class Plain implements Card {
        @Override
        public String kind() {
            return "plain";
        }

        @Override
        public String name() {
            return "plain";
        }

        @Override
        public List<String> columns() {
            return List.of("a", "b");
        }

        @Override
        public void sample(long nowNanos, double[] into) {
            throw new IllegalStateException("broken");
        }

        @Override
        public Map<String, Object> now() {
            return Map.of();
        }
    }

    @Property
    void whoeverAsksOnAndOnGetsEachSampleOnceAndInOrder(
            @ForAll @IntRange(min = 1, max = 10) int capacity,
            @ForAll @IntRange(max = 30) int first,
            @ForAll @IntRange(max = 30) int then) {
        History history = new History(capacity, List.of(new Plain()));
        add(history, 0, first);
        Slice all = history.since(0);
        add(history, first, then);
        Slice more = history.since(all.end());

        assertThat(all.moments()).hasSize(Math.min(capacity, first));
        assertThat(more.end()).isEqualTo(first + then);
        assertThat(more.moments()).hasSize(Math.min(capacity, then));
        for (int i = 0; i < more.moments().length; i++) {
            double number = first + then - more.moments().length + i;
            assertThat(more.moments()[i]).isEqualTo(1000 * number);
            assertThat(more.values().get(0)[0][i]).isEqualTo(number);
            assertThat(more.values().get(0)[1][i]).isEqualTo(-number);
        }
    }

    @Test
    void whoeverKnowsAnotherConsoleGetsAll() {
        History history = new History(5, List.of(new Plain()));
        add(history, 0, 3);

        assertThat(history.since(100).moments()).hasSize(3);
        assertThat(history.since(-1).moments()).hasSize(3);
    }

    @Test
    void aCardThatThrowsIsAGapAndTheOthersAreMeasured() {
        Card counting = new Card() {
            private final Rate rate = new Rate();

            @Override
            public String kind() {
                return "counting";
            }

            @Override
            public String name() {
                return "counting";
            }

            @Override
            public List<String> columns() {
                return List.of("rate");
            }

            @Override
            public void sample(long nowNanos, double[] into) {
                into[0] = rate.next(nowNanos / 1_000_000, nowNanos);
            }

            @Override
            public Map<String, Object> now() {
                return Map.of();
            }
        };
        History history = new History(5, List.of(new Plain(), counting));
        Sampler sampler = new Sampler(List.of(new Plain(), counting), history, () -> 0, 1_000_000_000);

        sampler.sample(0);
        sampler.sample(2_000_000_000L);

        Slice slice = history.since(0);
        assertThat(slice.values().get(0)[0]).containsExactly(Double.NaN, Double.NaN);
        assertThat(slice.values().get(1)[0]).containsExactly(Double.NaN, 1000);
        assertThat(slice.moments()).containsExactly(0, 2000);
    }

    private static void add(History history, int from, int count) {
        for (int i = from; i < from + count; i++) {
            history.add(1000L * i, List.of(new double[] {i, -i}));
        }
    }
}
