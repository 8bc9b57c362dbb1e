package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every limiter does with those who are at work. Time passes only as the tests say. */
abstract class PermitContract {
    static final Duration LEASE = Duration.ofSeconds(60);

    final ConcurrencyLimit two = Limit.concurrency("two", 2, LEASE);
    final String key = UUID.randomUUID().toString();
    final ManualTicker ticker = new ManualTicker();

    abstract RateLimiter limiter();

    abstract Decision.Source source();

    Permit enter() {
        return limiter().tryAcquire(two, key);
    }

    @Test
    void permitsAreGivenUpToTheLimitAndComeBackWhenTheyAreClosed() {
        Permit first = enter();
        Permit second = enter();
        Permit third = enter();

        assertThat(first.granted()).isTrue();
        assertThat(first.source()).isEqualTo(source());
        assertThat(second.isHeld()).isTrue();
        assertThat(third.granted()).isFalse();
        assertThat(third.isHeld()).isFalse();
        assertThat(third.retryAfter()).isEqualTo(LEASE);

        first.close();

        assertThat(first.isHeld()).isFalse();
        assertThat(enter().granted()).isTrue();
        assertThat(enter().granted()).isFalse();
    }

    @Test
    void closingAgainOrADenialGivesNothingBack() {
        Permit first = enter();
        enter();
        Permit denied = enter();

        first.close();
        first.close();
        denied.close();

        assertThat(enter().granted()).isTrue();
        assertThat(enter().granted()).isFalse();
    }

    @Test
    void permitThatNobodyClosesComesBackWhenItsLeaseIsOver() {
        Permit first = enter();
        ticker.advance(Duration.ofSeconds(10));
        Permit second = enter();

        assertThat(enter().retryAfter()).isEqualTo(Duration.ofSeconds(50));
        ticker.advance(Duration.ofSeconds(50));

        assertThat(first.isHeld()).isFalse();
        assertThat(second.isHeld()).isTrue();
        assertThat(enter().granted()).isTrue();
        assertThat(enter().granted()).isFalse();
        // Late, it takes nothing from who has it now.
        first.close();
        assertThat(enter().granted()).isFalse();
    }

    @Test
    void renewedPermitIsHeldForAWholeLeaseMore() {
        Permit first = enter();
        ticker.advance(Duration.ofSeconds(59));

        assertThat(first.renew()).isTrue();
        ticker.advance(Duration.ofSeconds(59));

        assertThat(first.isHeld()).isTrue();
        assertThat(enter().granted()).isTrue();
        assertThat(enter().granted()).isFalse();
        ticker.advance(Duration.ofSeconds(1));
        assertThat(first.isHeld()).isFalse();
        assertThat(first.renew()).isFalse();
        assertThat(enter().granted()).isTrue();
    }

    @Test
    void holderStopsBeforeOthersBeginThoughItsClockIsSlow() {
        Permit first = enter();

        ticker.advance(LEASE.minusMillis(61));
        assertThat(first.isHeld()).isTrue();
        ticker.advance(Duration.ofMillis(1));
        assertThat(first.isHeld()).isFalse();
        assertThat(limiter().tryAcquire(Limit.concurrency("two", 1, LEASE), key).granted())
                .isFalse();
    }

    @Test
    void closedAndDeniedPermitsCannotBeRenewed() {
        Permit first = enter();
        first.close();

        assertThat(first.renew()).isFalse();
        assertThat(Permit.denied(source(), LEASE).renew()).isFalse();
    }

    @Test
    void holdersStayWhenThereAreToBeFewer() {
        Permit first = enter();
        Permit second = enter();
        ConcurrencyLimit one = Limit.concurrency("two", 1, LEASE);

        assertThat(limiter().tryAcquire(one, key).granted()).isFalse();
        assertThat(first.renew()).isTrue();
        first.close();
        assertThat(second.isHeld()).isTrue();
        assertThat(limiter().tryAcquire(one, key).granted()).isFalse();
        second.close();
        assertThat(limiter().tryAcquire(one, key).granted()).isTrue();
    }

    @Test
    void keysAreApartAndNumbersAreNot() {
        enter();
        enter();

        assertThat(limiter().tryAcquire(two, key + "2").granted()).isTrue();
        ConcurrencyLimit three = Limit.concurrency("two", 3, LEASE);
        assertThat(limiter().tryAcquire(three, key).granted()).isTrue();
        assertThat(limiter().tryAcquire(three, key).granted()).isFalse();
    }

    @Test
    void neverAreMoreAtWorkThanThereArePermits() throws Exception {
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger granted = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                running.add(threads.submit(() -> {
                    for (int call = 0; call < 200; call++) {
                        try (Permit permit = enter()) {
                            if (permit.granted()) {
                                granted.incrementAndGet();
                                most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
                                Thread.yield();
                                atWork.decrementAndGet();
                            }
                        }
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(most.get()).isLessThanOrEqualTo(2);
        assertThat(granted.get()).isGreaterThan(100);
        enter();
        assertThat(enter().granted()).isTrue();
    }

    @Test
    void randomHistoriesAgreeWithAListOfLeases() {
        Random random = new Random(11);
        List<Permit> held = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        long now = 0;
        for (int step = 0; step < 500; step++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    long at = now;
                    long alive = ends.stream().filter(end -> end > at).count();
                    Permit permit = enter();
                    assertThat(permit.granted()).as("step %s", step).isEqualTo(alive < 2);
                    held.add(permit);
                    ends.add(permit.granted() ? now + LEASE.toSeconds() : now);
                }
                case 2 -> {
                    if (!held.isEmpty()) {
                        int which = random.nextInt(held.size());
                        held.remove(which).close();
                        ends.remove(which);
                    }
                }
                case 3 -> {
                    if (!held.isEmpty()) {
                        int which = random.nextInt(held.size());
                        boolean alive = ends.get(which) > now;
                        assertThat(held.get(which).renew()).as("step %s", step).isEqualTo(alive);
                        ends.set(which, alive ? now + LEASE.toSeconds() : ends.get(which));
                    }
                }
                default -> {
                    int seconds = random.nextInt(40);
                    now += seconds;
                    ticker.advance(Duration.ofSeconds(seconds));
                }
            }
        }
    }

    @Test
    void refusedNumbersAreNamed() {
        assertThatThrownBy(() -> Limit.concurrency("a b", 1, LEASE)).hasMessageContaining("was 'a b'");
        assertThatThrownBy(() -> Limit.concurrency("a", 0, LEASE)).hasMessage("permits must be >= 1, was 0");
        assertThatThrownBy(() -> Limit.concurrency("a", 100_001, LEASE))
                .hasMessage("permits must be <= 100000, was 100001");
        assertThatThrownBy(() -> Limit.concurrency("a", 1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lease must be from PT0.001S to PT24H, was PT0S");
        assertThat(two)
                .isEqualTo(Limit.concurrency("two", 2, LEASE))
                .isNotEqualTo(two.onFailure(FailurePolicy.closed()))
                .hasToString("ConcurrencyLimit[two: 2 at a time, lease PT1M]");
    }
}
