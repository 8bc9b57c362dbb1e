package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for whom, and when that is a circle: one thread waits for a flight that this thread leads. */
class FlightsTest {
    private final Flights<String> flights = new Flights<>("flights");
    private final Callers callers = new Callers();
    private final Flights.Flight mine = new Flights.Flight(Thread.currentThread());
    private final AtomicReference<Thread> other = new AtomicReference<>();
    private Future<String> waiting;

    @BeforeEach
    void letAnotherThreadWaitForThisOne() {
        assertThat(flights.enter("mine", mine)).isNull();
        waiting = callers.start(
                () -> flights.fly("mine", () -> other.set(Thread.currentThread()), () -> "led by the wrong thread"));
        await().until(() -> other.get() != null);
    }

    @AfterEach
    void end() {
        callers.close();
    }

    private void land(String value) throws Exception {
        flights.land("mine", mine, new Flights.Arrived(value));
        assertThat(Callers.result(waiting)).isEqualTo(value);
    }

    @Test
    void flightOfAThreadThatWaitsForThisOneIsACircle() throws Exception {
        Flights.Flight theirs = new Flights.Flight(other.get());
        flights.enter("theirs", theirs);

        assertThatThrownBy(() -> flights.join(theirs, () -> {}))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("it would wait forever");

        land("value");
    }

    @Test
    void flightThatHasLandedIsNoneWhateverItsLeaderDoesNow() throws Exception {
        Flights.Flight theirs = new Flights.Flight(other.get());
        flights.enter("theirs", theirs);
        flights.land("theirs", theirs, new Flights.Arrived("theirs"));

        assertThat(flights.join(theirs, () -> {})).isEqualTo(new Flights.Arrived("theirs"));

        land("value");
    }

    @Test
    void loadUnderALeaseOfAThreadThatWaitsForThisOneIsACircleUntilItHasEnded() throws Exception {
        Flights.Flight load = Flights.load(other.get());
        assertThatThrownBy(() -> flights.waitFor(load)).isInstanceOf(CacheException.class);

        Flights.ended(load);
        flights.waitFor(load);
        flights.landed();

        land("value");
    }

    @Test
    void threadThatStillStandsInTheWaitForALoadThatHasEndedIsNoCircle() throws Exception {
        Flights.Flight load = Flights.load(Thread.currentThread());
        AtomicReference<Flights.Flight> theirs = new AtomicReference<>();
        Gate gate = new Gate();
        Future<String> standing = callers.start(() -> {
            Flights.Flight flight = new Flights.Flight(Thread.currentThread());
            flights.enter("theirs", flight);
            theirs.set(flight);
            flights.waitFor(load);
            String passed = gate.pass("theirs");
            flights.landed();
            flights.land("theirs", flight, new Flights.Arrived(passed));
            return passed;
        });
        gate.awaitReached();
        assertThatThrownBy(() -> flights.join(theirs.get(), () -> {})).isInstanceOf(CacheException.class);

        Flights.ended(load);

        assertThat(flights.join(theirs.get(), gate::open)).isEqualTo(new Flights.Arrived("theirs"));
        assertThat(Callers.result(standing)).isEqualTo("theirs");
        land("value");
    }

    @Test
    void flightThatNoThreadLeadsIsNoCircle() throws Exception {
        Flights.Flight theirs = new Flights.Flight(null);
        flights.enter("theirs", theirs);
        Future<?> landing = callers.start(() -> {
            flights.land("theirs", theirs, new Flights.Deserted());
            return null;
        });

        assertThat(flights.join(theirs, () -> {})).isEqualTo(new Flights.Deserted());

        Callers.result(landing);
        land("value");
    }
}
