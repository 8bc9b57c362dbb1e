package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DemandTest {
    private static final long CONNECT = TimeUnit.MILLISECONDS.toNanos(150);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private final Demand demand = new Demand();
    private long now = TimeUnit.SECONDS.toNanos(1);
    private long borrows;

    /** Five connections in constant use, each loan of this length. */
    private void operate(long holdMillis) {
        demand.connected(CONNECT);
        for (int tick = 0; tick < 20; tick++) {
            now += TICK;
            borrows = 5 * (tick + 1) * 100L / holdMillis;
            demand.observe(now, 5, borrows);
        }
        demand.begins(now);
    }

    @Test
    void shortLoansServeThoseWhoWaitBeforeAConnectionCouldBeOpened() {
        operate(2);

        assertThat(demand.missing(now, 45, 0, 5)).isEqualTo(1);
        assertThat(demand.missing(now, 45, 1, 5)).isZero();
    }

    @Test
    void longLoansHaveOneOpenedForAllWhoWillStillWaitThen() {
        operate(200);

        assertThat(demand.missing(now, 45, 0, 5)).isEqualTo(45);
    }

    @Test
    void loansThatHaveJustBegunDoNotLookShort() {
        demand.connected(CONNECT);
        demand.observe(now, 0, 0);
        for (int tick = 1; tick <= 4; tick++) {
            now += TICK;
            demand.observe(now, 5, 5 * (tick + 1) / 2);
        }

        // Ten have ended, five of the spike begin.
        demand.observe(now, 5, 15);
        demand.begins(now);

        assertThat(demand.missing(now, 45, 0, 5)).isEqualTo(45);
    }

    @Test
    void loansThatEndBetweenTwoLooksDoNotLookShort() {
        demand.connected(CONNECT);
        demand.observe(now, 0, 0);
        for (int tick = 1; tick <= 3; tick++) {
            now += TICK;
            demand.observe(now, 5, 5 * (tick + 1) / 2);
        }

        // They were lent for 95 ms of these.
        now += TICK;
        demand.observe(now, 0, 10);
        demand.begins(now);

        assertThat(demand.missing(now, 45, 0, 5)).isEqualTo(45);
    }

    @Test
    void eachLoanThatEndsInTheTimeServesOneWhoWaits() {
        operate(100);

        assertThat(demand.missing(now, 45, 0, 5)).isEqualTo(40);
    }

    @Test
    void loansThatTurnOutLongerThanBeforeHaveMoreOpened() {
        operate(2);

        now += TimeUnit.MILLISECONDS.toNanos(100);

        assertThat(demand.missing(now, 45, 1, 5)).isGreaterThan(30);
    }

    @Test
    void loansThatTurnOutShorterThanBeforeHaveFewerOpened() {
        operate(200);

        for (int i = 0; i < 100; i++) {
            demand.served();
        }
        now += TimeUnit.MILLISECONDS.toNanos(20);

        assertThat(demand.missing(now, 45, 0, 5)).isEqualTo(1);
    }

    @Test
    void oneIsOpenedForEachWhoWaitsWhenNothingIsKnown() {
        assertThat(demand.missing(now, 7, 2, 3)).isEqualTo(5);
    }

    @Property
    void asksForNoMoreThanWaitAndForOneIfAnybodyDoes(
            @ForAll @IntRange(min = 1, max = 1000) int waiting,
            @ForAll @IntRange(max = 1000) int coming,
            @ForAll @IntRange(max = 1000) int lent,
            @ForAll @LongRange(min = 1, max = 10_000) long holdMillis,
            @ForAll @LongRange(max = 10_000) long waitedMillis) {
        operate(holdMillis);

        int missing = demand.missing(now + TimeUnit.MILLISECONDS.toNanos(waitedMillis), waiting, coming, lent);

        assertThat(missing).isBetween(coming == 0 ? 1 : 0, Math.max(0, waiting - coming));
    }
}
