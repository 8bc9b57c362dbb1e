package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Outcome;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Two transactions that read the same balance, and of which the second one's write wipes out the first one's. */
public final class AcidIsolationLab implements Lab {
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String ACCOUNT = "select id, balance from accounts";
    private static final long BALANCE = 100;

    @Override
    public String name() {
        return "acid-isolation";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        DataSource database = scene.postgres().dataSource();
        try (Connection observer = database.getConnection()) {
            Sql.run(
                    observer,
                    "create table accounts (id bigint primary key, balance bigint not null)",
                    "create table withdrawals (account bigint not null references accounts, amount bigint not null)");
            byHand(scene, observer, database);

            // Classes of their own for each, as two processes have: a lock of Java's holds in one of them.
            Withdrawals one = JavaExercise.load(scene, "Cashier.java", Withdrawals.class);
            Withdrawals two = JavaExercise.load(scene, "Cashier.java", Withdrawals.class);
            refused(scene, observer, database, one);
            Overlap overlap = new Overlap(database, one, two);
            bothFit(scene, observer, overlap);
            oneFits(scene, observer, overlap);
        }
    }

    private static void reset(Connection observer) throws SQLException {
        Sql.run(
                observer,
                "delete from withdrawals",
                "delete from accounts",
                "insert into accounts values (1, " + BALANCE + ")");
    }

    private static void byHand(Scene scene, Connection observer, DataSource database) throws SQLException {
        scene.heading("two transactions take 30 of 100 each, by hand, at READ COMMITTED");
        SQLException refusal = interleave(scene, observer, database, Connection.TRANSACTION_READ_COMMITTED);
        scene.show(observer, ACCOUNT);
        scene.fact(
                "READ COMMITTED takes both writes, and one is lost: 70 are left, not 40",
                refusal == null && balance(observer) == 70);

        scene.heading("the same at REPEATABLE READ");
        refusal = interleave(scene, observer, database, Connection.TRANSACTION_REPEATABLE_READ);
        scene.show(observer, ACCOUNT);
        scene.fact(
                "REPEATABLE READ refuses the second write with 40001: somebody has to try again",
                Sql.isState(refusal, SERIALIZATION_FAILURE));
    }

    private static @Nullable SQLException interleave(
            Scene scene, Connection observer, DataSource database, int isolation) throws SQLException {
        reset(observer);
        try (Connection one = database.getConnection();
                Connection two = database.getConnection()) {
            for (Connection connection : List.of(one, two)) {
                connection.setTransactionIsolation(isolation);
                connection.setAutoCommit(false);
            }
            long first = balance(one);
            long second = balance(two);
            scene.say("   1 reads %d; 2 reads %d", first, second);
            Sql.run(one, "update accounts set balance = " + (first - 30));
            one.commit();
            scene.say("   1 writes %d and commits", first - 30);
            SQLException refusal = Sql.refusal(two, "update accounts set balance = " + (second - 30));
            if (refusal == null) {
                two.commit();
                scene.say("   2 writes %d and commits", second - 30);
            } else {
                two.rollback();
                scene.say("   2 writes %d: %s", second - 30, Sql.describe(refusal));
            }
            return refusal;
        }
    }

    private static void refused(Scene scene, Connection observer, DataSource database, Withdrawals cashier)
            throws SQLException, ExerciseException, InterruptedException {
        scene.heading("your Cashier, one withdrawal that is not approved");
        reset(observer);
        Outcome<Boolean> outcome =
                Attempt.call("withdraw()", () -> cashier.withdraw(database, 1, 30, (balance, amount) -> false));
        scene.say("   withdraw() %s", outcome.text());
        scene.show(observer, ACCOUNT);
        int forgotten = Backends.endForgotten(observer);
        scene.goal(
                "what is not approved changes nothing, and ends its transaction",
                Boolean.FALSE.equals(outcome.result())
                        && forgotten == 0
                        && balance(observer) == BALANCE
                        && noted(observer) == 0,
                "withdraw() has to ask, and to return false");
    }

    private static void bothFit(Scene scene, Connection observer, Overlap overlap) throws Exception {
        scene.heading("two withdrawals of 30 at the same time, each by your Cashier");
        reset(observer);
        Overlap.Result result = overlap.run(30);
        show(scene, observer, result);
        int forgotten = Backends.endForgotten(observer);
        scene.goal(
                "two withdrawals of 30 from 100 both succeed, and leave 40",
                result.taken() == 2 && forgotten == 0 && balance(observer) == 40 && noted(observer) == 60,
                "what one read was old when it wrote; either nobody else may read to write meanwhile, or the database"
                        + " refuses and you begin again from the start, reading included");
        Set<Long> approved = Stream.of(result.one(), result.two())
                .map(Overlap.Side::approved)
                .flatMap(Stream::ofNullable)
                .collect(Collectors.toSet());
        scene.goal(
                "each was approved for the balance that it was taken from: 100 and 70",
                approved.equals(Set.of(100L, 70L)),
                "an approval of a balance that has changed since is worth nothing");
    }

    private static void oneFits(Scene scene, Connection observer, Overlap overlap) throws Exception {
        scene.heading("two withdrawals of 70 at the same time: only one fits");
        reset(observer);
        Overlap.Result result = overlap.run(70);
        show(scene, observer, result);
        int forgotten = Backends.endForgotten(observer);
        scene.goal(
                "of two withdrawals of 70 from 100 one succeeds, the other one returns false, and 30 are left",
                result.taken() == 1
                        && result.declined() == 1
                        && forgotten == 0
                        && balance(observer) == 30
                        && noted(observer) == 70,
                "the second one has to see what the first one left");
    }

    private static void show(Scene scene, Connection observer, Overlap.Result result) throws SQLException {
        for (Overlap.Side side : List.of(result.one(), result.two())) {
            scene.say(
                    "   %s: asked about %s; withdraw() %s",
                    side.name(), side.asked(), side.outcome().text());
        }
        scene.show(observer, "select balance, (select sum(amount) from withdrawals) as withdrawn from accounts");
    }

    private static long balance(Connection connection) throws SQLException {
        return Sql.number(connection, "select balance from accounts");
    }

    private static long noted(Connection observer) throws SQLException {
        return Sql.number(observer, "select coalesce(sum(amount), 0) from withdrawals");
    }
}
