package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SharedGaugeTest {
    private final AtomicBoolean shown = new AtomicBoolean();
    private final SharedGauge gauge = new SharedGauge(() -> shown.set(true), () -> shown.set(false));

    @Property(tries = 200)
    void showsTheNewestThatIsLeftWhateverTheOrderOfClosing(@ForAll @Size(max = 30) List<Boolean> adds) {
        AtomicBoolean visible = new AtomicBoolean();
        SharedGauge tried = new SharedGauge(() -> visible.set(true), () -> visible.set(false));
        List<Double> values = new ArrayList<>();
        List<Runnable> removals = new ArrayList<>();
        int step = 0;
        for (boolean add : adds) {
            double value = step;
            if (add) {
                values.add(value);
                removals.add(tried.add(() -> value));
            } else if (!values.isEmpty()) {
                int at = step % values.size();
                values.remove(at);
                removals.remove(at).run();
            }
            step++;
            assertThat(visible.get()).isEqualTo(!values.isEmpty());
            assertThat(Double.valueOf(tried.read()))
                    .isEqualTo(Double.valueOf(values.isEmpty() ? Double.NaN : values.get(values.size() - 1)));
        }
    }

    @Test
    void closingTwiceTakesNoOtherAway() {
        Runnable first = gauge.add(() -> 1);
        gauge.add(() -> 1);

        first.run();
        first.run();

        assertThat(gauge.size()).isEqualTo(1);
        assertThat(shown).isTrue();
    }

    // One pool is closed while another one of its name is built: in the end there is a meter exactly if there
    // is a value.
    @Test
    void threadsThatMeetLeaveAMeterExactlyIfThereIsAValue() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 2_000; round++) {
                Runnable remove = gauge.add(() -> 1);
                CyclicBarrier together = new CyclicBarrier(2);
                Future<?> closing = threads.submit(() -> {
                    together.await(30, TimeUnit.SECONDS);
                    remove.run();
                    return null;
                });
                Future<Runnable> opening = threads.submit(() -> {
                    together.await(30, TimeUnit.SECONDS);
                    return gauge.add(() -> 2);
                });
                closing.get(30, TimeUnit.SECONDS);
                Runnable last = opening.get(30, TimeUnit.SECONDS);
                assertThat(shown).isTrue();
                assertThat(gauge.read()).isEqualTo(2);
                last.run();
                assertThat(shown).isFalse();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
