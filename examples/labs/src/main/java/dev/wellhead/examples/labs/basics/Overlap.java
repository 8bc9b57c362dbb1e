package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Two withdrawals that overlap, whatever the machine does: who has read waits, before it may write, until the other
 * one has read too, or cannot read since it waits for a lock, or has ended.
 */
final class Overlap {
    // Somebody who tries for a lock without waiting for it is never seen to wait.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final DataSource database;
    private final Withdrawals one;
    private final Withdrawals two;

    Overlap(DataSource database, Withdrawals one, Withdrawals two) {
        this.database = database;
        this.one = one;
        this.two = two;
    }

    /** @param asked the balances about which the approval was asked, in order */
    record Side(String name, List<Long> asked, Outcome<Boolean> outcome) {
        boolean took() {
            return Boolean.TRUE.equals(outcome.result());
        }

        boolean declined() {
            return Boolean.FALSE.equals(outcome.result());
        }

        /** Returns the balance on which the last answer rested; null if it was never asked. */
        @Nullable Long approved() {
            return asked.isEmpty() ? null : asked.get(asked.size() - 1);
        }
    }

    record Result(Side one, Side two) {
        long taken() {
            return Stream.of(one, two).filter(Side::took).count();
        }

        long declined() {
            return Stream.of(one, two).filter(Side::declined).count();
        }
    }

    Result run(long amount) throws SQLException, ExerciseException, InterruptedException {
        try (Caller first = new Caller("process 1", one);
                Caller second = new Caller("process 2", two)) {
            Attempt<Boolean> firstAttempt = first.start(second, amount);
            Attempt<Boolean> secondAttempt = second.start(first, amount);
            return new Result(first.side(firstAttempt.outcome()), second.side(secondAttempt.outcome()));
        }
    }

    private final class Caller implements AutoCloseable {
        private final String name;
        private final Withdrawals cashier;
        private final Connection observer;
        private final List<Long> asked = new CopyOnWriteArrayList<>();
        private volatile boolean ended;

        Caller(String name, Withdrawals cashier) throws SQLException {
            this.name = name;
            this.cashier = cashier;
            observer = database.getConnection();
        }

        Attempt<Boolean> start(Caller other, long amount) {
            return Attempt.start("withdraw() in " + name, () -> {
                try {
                    return cashier.withdraw(database, 1, amount, (balance, asking) -> {
                        asked.add(balance);
                        awaitOther(other);
                        return balance >= asking;
                    });
                } finally {
                    ended = true;
                }
            });
        }

        private void awaitOther(Caller other) {
            try {
                Await.until(PATIENCE, () -> !other.asked.isEmpty() || other.ended || Backends.anyBlocked(observer));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        Side side(Outcome<Boolean> outcome) {
            return new Side(name, List.copyOf(asked), outcome);
        }

        @Override
        public void close() throws SQLException {
            observer.close();
        }
    }
}
