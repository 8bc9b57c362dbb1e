package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The database of the model, and what the pool may or may not do with each connection from what has happened to it. */
final class ModelDriver {
    private static final long ALIVE_NANOS = Duration.ofMillis(500).toNanos();

    /** What is known of a connection. */
    static final class Known {
        final int credentials;
        final long openedAt;
        /** When it was last seen to work. */
        long provenAt;
        /** Why it must not be lent again, null if it may. */
        String condemned;
        /** It must be validated more often than so before it is lent again. */
        int validationsSeen = -1;

        int validationsNoted;

        Known(int credentials, long now) {
            this.credentials = credentials;
            this.openedAt = now;
            this.provenAt = now;
        }
    }

    final FakeDatabase database = new FakeDatabase();
    private final Map<FakeDatabase.Session, Known> sessions = new IdentityHashMap<>();
    private final ModelClock clock;
    private BooleanSupplier locked = () -> false;
    private Runnable interlude;
    private Runnable attempt;
    private final ModelOutage outage;
    private boolean down;
    private int credentials;
    private int calls;

    ModelDriver(ModelClock clock, ModelOutage outage) {
        this.clock = clock;
        this.outage = outage;
        database.beforeEachCall.set(this::called);
        database.onConnect.set(() -> {
            if (down) {
                FakeDatabase.failing("08001").strike();
            }
        });
    }

    /** Has every call checked for locks of the pool's that are held meanwhile (I11). */
    void watch(BooleanSupplier anyLocked) {
        locked = anyLocked;
    }

    private void called() {
        calls++;
        assertThat(locked.getAsBoolean())
                .as("I11: a lock is held across a driver call")
                .isFalse();
        Runnable meanwhile = interlude;
        interlude = null;
        if (meanwhile != null) {
            meanwhile.run();
        }
    }

    /** Opens a connection for the attempt that runs, with the credentials as they are when it begins. */
    Connection connect() throws SQLException {
        Runnable mine = attempt;
        int with = credentials;
        int before = database.sessions.size();
        try {
            Connection connection = database.connect();
            FakeDatabase.Session opened = database.sessions.get(database.sessions.size() - 1);
            assertThat(database.sessions.size()).isGreaterThan(before);
            sessions.put(opened, new Known(with, clock.now()));
            outage.succeeded(mine);
            return connection;
        } catch (SQLException e) {
            outage.failed(mine);
            throw e;
        }
    }

    /** Runs a task of the pool's, which may be an attempt to connect. */
    void run(Runnable task) {
        Runnable before = attempt;
        attempt = task;
        try {
            task.run();
        } finally {
            attempt = before;
        }
    }

    /** Does something while the driver is busy with the next call; returns whether there was one. */
    boolean during(Runnable meanwhile, Runnable call) {
        interlude = meanwhile;
        try {
            call.run();
            return interlude == null;
        } finally {
            interlude = null;
        }
    }

    boolean isDown() {
        return down;
    }

    void setDown(boolean down) {
        this.down = down;
    }

    void rotate() {
        credentials++;
    }

    int calls() {
        return calls;
    }

    /** Looks which connections were validated since; returns whether one was found dead. */
    boolean noteValidations() {
        boolean foundDead = false;
        for (FakeDatabase.Session session : database.sessions) {
            Known known = known(session);
            if (session.validations.get() > known.validationsNoted) {
                known.validationsNoted = session.validations.get();
                foundDead |= session.dead;
                known.provenAt = session.dead ? known.provenAt : clock.now();
            }
        }
        return foundDead;
    }

    Known known(FakeDatabase.Session session) {
        return sessions.get(session);
    }

    List<FakeDatabase.Session> open() {
        return database.sessions.stream().filter(session -> !session.closed).toList();
    }

    void condemn(FakeDatabase.Session session, String why) {
        known(session).condemned = why;
    }

    void condemnAll(String why) {
        open().forEach(session -> condemn(session, why));
    }

    /** One was found dead, so all that there are have to prove that they live before the next loan. */
    void suspectAll() {
        open().forEach(this::suspect);
    }

    private void suspect(FakeDatabase.Session session) {
        known(session).validationsSeen = session.validations.get();
    }

    /** The housekeeper is about to look at what is idle. */
    void tick(List<FakeDatabase.Session> lent, long maxLifetimeNanos) {
        for (FakeDatabase.Session session : open()) {
            Known known = known(session);
            if (clock.now() - known.openedAt >= maxLifetimeNanos) {
                known.condemned = "past its lifetime";
            }
            if (!lent.contains(session) && clock.now() - known.provenAt >= ALIVE_NANOS) {
                suspect(session);
            }
        }
    }

    /** Checks that a connection may be lent now. */
    void checkLent(FakeDatabase.Session session) {
        Known known = known(session);
        assertThat(known.condemned).as("I6: lent although").isNull();
        assertThat(session.closed).as("I6: closed by the driver").isFalse();
        assertThat(session.isPristine()).as("I6: clean at hand-out").isTrue();
        assertThat(known.credentials).as("I6: credentials").isEqualTo(credentials);
        assertThat(session.validations.get())
                .as("I6: validations of one that was suspect")
                .isGreaterThan(known.validationsSeen);
    }
}
