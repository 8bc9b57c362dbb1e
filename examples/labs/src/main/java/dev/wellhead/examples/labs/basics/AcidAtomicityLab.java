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
import javax.sql.DataSource;

/** Money that leaves one account and never arrives on the other. */
public final class AcidAtomicityLab implements Lab {
    private static final String CHECK_VIOLATION = "23514";
    private static final String ACCOUNTS = "select id, owner, balance from accounts order by id";
    private static final List<String> BEFORE = List.of("1|ada|100", "2|bob|50", "3|cem|50", "4|dee|50");
    private static final long AMOUNT = 30;

    /**
     * A transfer that has to leave everything as it was.
     *
     * @param what happens
     * @param hint where to look if something has changed
     */
    private record Failing(String what, long from, long to, long amount, String hint) {}

    private static final List<Failing> FAILING = List.of(
            new Failing(
                    "the second account refuses the money",
                    1,
                    3,
                    AMOUNT,
                    "with autocommit each statement is a transaction: what has committed when the second one fails?"),
            new Failing(
                    "the connection is lost between the two updates",
                    1,
                    4,
                    AMOUNT,
                    "code that puts things right afterwards does not run when everything is gone; what does the"
                            + " database undo by itself?"),
            new Failing(
                    "there is not enough on the first account",
                    1,
                    2,
                    500,
                    "whichever update comes first: it must not stay if the other one fails"),
            new Failing(
                    "the second account does not exist",
                    1,
                    99,
                    AMOUNT,
                    "an update that finds no row is no error; what does executeUpdate() return?"),
            new Failing(
                    "the first account does not exist",
                    99,
                    2,
                    AMOUNT,
                    "an update that finds no row is no error; what does executeUpdate() return?"));

    @Override
    public String name() {
        return "acid-atomicity";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        DataSource database = scene.postgres().dataSource();
        try (Connection observer = database.getConnection()) {
            createAccounts(observer);
            facts(scene, observer);
            MoneyTransfer transfer = JavaExercise.load(scene, "Transfer.java", MoneyTransfer.class);

            works(scene, observer, database, transfer);
            int forgotten = Backends.endForgotten(observer);
            for (Failing failing : FAILING) {
                fails(scene, observer, database, transfer, failing);
                forgotten += Backends.endForgotten(observer);
            }
            scene.goal(
                    "no transaction is left open",
                    forgotten == 0,
                    "an open transaction keeps its locks: how does each way out of transfer() end it?");
        }
    }

    /** Cem may not have more than 60; who pays in to dee loses the connection. */
    private static void createAccounts(Connection observer) throws SQLException {
        Sql.run(observer, """
                create table accounts (
                    id bigint primary key,
                    owner text not null,
                    balance bigint not null check (balance >= 0),
                    constraint ceiling check (owner <> 'cem' or balance <= 60)
                )""", """
                create function lose_connection() returns trigger language plpgsql as $$
                begin
                    perform pg_terminate_backend(pg_backend_pid());
                    return new;
                end $$""", """
                create trigger lose_connection before update on accounts
                for each row when (new.owner = 'dee' and new.balance > old.balance)
                execute function lose_connection()""");
    }

    private static void reset(Connection observer) throws SQLException {
        Sql.run(
                observer,
                "delete from accounts",
                "insert into accounts values (1, 'ada', 100), (2, 'bob', 50), (3, 'cem', 50), (4, 'dee', 50)");
    }

    private static void facts(Scene scene, Connection observer) throws SQLException {
        scene.heading("the accounts; cem may not have more than 60, and who pays in to dee loses the connection");
        reset(observer);
        scene.show(observer, ACCOUNTS);
        SQLException refusal = Sql.refusal(observer, "update accounts set balance = balance + 30 where id = 3");
        scene.say("   30 more for cem: %s", refusal == null ? "taken" : "refused, " + Sql.describe(refusal));
        scene.fact("the database refuses 30 more for cem with 23514", Sql.isState(refusal, CHECK_VIOLATION));
        scene.show(observer, "update accounts set balance = balance + 30 where id = 99");
    }

    private static void works(Scene scene, Connection observer, DataSource database, MoneyTransfer transfer)
            throws SQLException, ExerciseException, InterruptedException {
        scene.heading("30 from ada to bob");
        reset(observer);
        Outcome<Boolean> outcome = Attempt.run("transfer()", () -> transfer.transfer(database, 1, 2, AMOUNT));
        tell(scene, outcome);
        scene.show(observer, ACCOUNTS);
        scene.goal(
                "a transfer that works moves the amount, and it is committed",
                !outcome.failed()
                        && Sql.rows(observer, ACCOUNTS).equals(List.of("1|ada|70", "2|bob|80", "3|cem|50", "4|dee|50")),
                "without a commit all is undone when the connection is closed");
    }

    private static void fails(
            Scene scene, Connection observer, DataSource database, MoneyTransfer transfer, Failing failing)
            throws SQLException, ExerciseException, InterruptedException {
        scene.heading(failing.what());
        scene.say("   %d from account %d to account %d", failing.amount(), failing.from(), failing.to());
        reset(observer);
        Outcome<Boolean> outcome = Attempt.run(
                "transfer()", () -> transfer.transfer(database, failing.from(), failing.to(), failing.amount()));
        tell(scene, outcome);
        scene.show(observer, ACCOUNTS);
        long total = Sql.number(observer, "select sum(balance) from accounts");
        scene.say("   all together: %d, it was 250", total);
        scene.goal(
                failing.what() + ": nothing has changed, and the caller hears of it",
                outcome.failed() && Sql.rows(observer, ACCOUNTS).equals(BEFORE),
                failing.hint());
    }

    private static void tell(Scene scene, Outcome<Boolean> outcome) {
        Throwable failure = outcome.failure();
        scene.say("   transfer() %s", failure == null ? "returned" : "threw " + Sql.describe(failure));
    }
}
