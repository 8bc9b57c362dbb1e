package dev.wellhead.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Invariant: everything that is not dropped is reminded of once, not before its time, with one alarm set at most. */
class RemindersTest {
    private static final long DELAY = 50;

    private final AtomicLong now = new AtomicLong();
    private final List<Runnable> alarms = new ArrayList<>();
    private final List<Long> delays = new ArrayList<>();
    private final List<String> reminded = new ArrayList<>();
    private final Reminders<String> reminders = new Reminders<>(
            now::get,
            DELAY,
            (task, delay) -> {
                alarms.add(task);
                delays.add(delay);
            },
            this::remind);

    private void remind(String thing) {
        if (thing.equals("bug")) {
            throw new IllegalStateException("as if there were a bug");
        }
        reminded.add(thing);
    }

    private void ring() {
        now.addAndGet(delays.remove(0));
        alarms.remove(0).run();
    }

    @Test
    void oneAlarmServesAllAndEachIsRemindedOfAtItsTime() {
        reminders.add("a");
        now.set(20);
        reminders.add("b");
        reminders.add("c");
        now.set(0);

        assertThat(delays).containsExactly(DELAY);
        ring();
        assertThat(reminded).containsExactly("a");
        assertThat(delays).containsExactly(20L);
        ring();
        assertThat(reminded).containsExactly("a", "b", "c");
        assertThat(alarms).isEmpty();
    }

    @Test
    void alarmThatComesTooEarlyIsSetAgainForTheRest() {
        reminders.add("a");
        delays.set(0, DELAY - 1);

        ring();

        assertThat(reminded).isEmpty();
        assertThat(delays).containsExactly(1L);
    }

    @Test
    void whatComesBehindTheLastAlarmSetsANewOne() {
        reminders.add("a");
        ring();

        reminders.add("b");

        assertThat(delays).containsExactly(DELAY);
    }

    @Test
    void reminderThatFailsDelaysNoOther() {
        reminders.add("bug");
        reminders.add("a");

        ring();

        assertThat(reminded).containsExactly("a");
        reminders.add("b");
        assertThat(delays).containsExactly(DELAY);
    }

    @Test
    void whatIsDroppedIsNotRemindedOfAndLeavesNoAlarm() {
        reminders.add("a").drop();

        ring();

        assertThat(reminded).isEmpty();
        assertThat(alarms).isEmpty();
        reminders.add("b");
        assertThat(delays).containsExactly(DELAY);
    }

    @Test
    void whatComesBehindDroppedOnesIsRemindedOfAtItsOwnTime() {
        Reminders.Reminder<String> dropped = reminders.add("a");
        now.set(20);
        reminders.add("b").drop();
        now.set(30);
        reminders.add("c");
        dropped.drop();
        now.set(0);

        ring();
        assertThat(reminded).isEmpty();
        assertThat(delays).containsExactly(30L);
        ring();
        assertThat(reminded).containsExactly("c");
    }

    @Test
    void nothingIsForgottenWhileManyAddAndDropAtTheSameTime() throws Exception {
        int threads = 4;
        int each = 5_000;
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(threads * each);
        Reminders<Integer> real = new Reminders<>(TimeUnit.MICROSECONDS.toNanos(200), number -> {
            if (seen.add(number)) {
                all.countDown();
            }
        });
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int i = 0; i < threads; i++) {
                int first = i * each;
                pool.execute(() -> {
                    for (int number = first; number < first + each; number++) {
                        Reminders.Reminder<Integer> reminder = real.add(number);
                        if (number % 3 == 0) {
                            reminder.drop();
                            // Either of them, and only once.
                            if (seen.add(number)) {
                                all.countDown();
                            }
                        }
                    }
                });
            }

            assertThat(all.await(Duration.ofSeconds(60).toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } finally {
            pool.shutdownNow();
        }
        assertThat(seen).hasSize(threads * each);
    }
}
