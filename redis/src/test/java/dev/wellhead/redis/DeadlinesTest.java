package dev.wellhead.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final long BUDGET = 50;

    private final AtomicLong now = new AtomicLong();
    private final List<Runnable> alarms = new ArrayList<>();
    private final List<Long> delays = new ArrayList<>();
    private final Deadlines deadlines = new Deadlines(
            now::get,
            BUDGET,
            (task, delay) -> {
                alarms.add(task);
                delays.add(delay);
            },
            call -> call.completeExceptionally(new TimeoutException()));

    private void ring() {
        now.addAndGet(delays.remove(0));
        alarms.remove(0).run();
    }

    @Test
    void oneAlarmServesAllCalls() {
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            CompletableFuture<String> call = new CompletableFuture<>();
            deadlines.watch(call);
            calls.add(call);
            now.incrementAndGet();
        }
        now.set(0);

        assertThat(delays).containsExactly(BUDGET);
        ring();
        assertThat(calls.get(0)).isCompletedExceptionally();
        assertThat(calls.subList(1, 10)).noneMatch(CompletableFuture::isDone);
        assertThat(delays).containsExactly(1L);
        ring();
        assertThat(calls.get(1)).isCompletedExceptionally();
        assertThat(calls.subList(2, 10)).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void answeredCallsAreDroppedAndNoAlarmStaysBehind() {
        CompletableFuture<String> answered = new CompletableFuture<>();
        deadlines.watch(answered);
        answered.complete("in time");

        ring();

        assertThat(answered).isCompletedWithValue("in time");
        assertThat(alarms).isEmpty();
        deadlines.watch(new CompletableFuture<>());
        assertThat(delays).containsExactly(BUDGET);
    }

    @Test
    void callBehindAnsweredOnesIsGivenUpAtItsOwnTime() {
        CompletableFuture<String> answered = new CompletableFuture<>();
        CompletableFuture<String> lost = new CompletableFuture<>();
        deadlines.watch(answered);
        now.set(30);
        deadlines.watch(lost);
        answered.complete("in time");
        now.set(0);

        ring();
        assertThat(lost).isNotDone();
        assertThat(delays).containsExactly(30L);
        ring();
        assertThat(lost).isCompletedExceptionally();
    }

    @Test
    void noneOfManyIsForgotten() throws Exception {
        int threads = 8;
        int calls = 5_000;
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        CountDownLatch ended = new CountDownLatch(threads * calls);
        AtomicInteger alarmsSet = new AtomicInteger();
        try {
            Deadlines real = new Deadlines(
                    System::nanoTime,
                    TimeUnit.MICROSECONDS.toNanos(200),
                    (task, delay) -> {
                        alarmsSet.incrementAndGet();
                        clock.schedule(task, delay, TimeUnit.NANOSECONDS);
                    },
                    call -> call.completeExceptionally(new TimeoutException()));
            for (int i = 0; i < threads; i++) {
                callers.execute(() -> {
                    for (int call = 0; call < calls; call++) {
                        CompletableFuture<String> one = new CompletableFuture<>();
                        real.watch(one);
                        one.whenComplete((value, error) -> ended.countDown());
                        if (call % 3 == 0) {
                            one.complete("in time");
                        }
                    }
                });
            }

            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(alarmsSet.get()).isLessThan(threads * calls);
        } finally {
            callers.shutdownNow();
            clock.shutdownNow();
        }
    }
}
