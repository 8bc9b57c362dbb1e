package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Rules that an application keeps by looking first, broken by two callers that look at the same moment. */
public final class AcidConsistencyLab implements Lab {
    private static final String SCHEMA = "schema.sql";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long AMOUNT = 70;

    private static final String FIRST_BOOKING =
            "insert into bookings (rig, first_day, last_day) values (7, '2026-04-10', '2026-04-14')";
    private static final String SECOND_BOOKING =
            "insert into bookings (rig, first_day, last_day) values (7, '2026-04-13', '2026-04-17')";

    private static final String OVERLAPS = """
            select count(*) from bookings a join bookings b on a.ctid < b.ctid and a.rig = b.rig
            where a.first_day <= b.last_day and b.first_day <= a.last_day""";

    @Override
    public String name() {
        return "acid-consistency";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        DataSource database = scene.postgres().dataSource();
        try (Connection observer = database.getConnection();
                Connection one = database.getConnection();
                Connection two = database.getConnection()) {
            try {
                Sql.run(observer, Files.readString(scene.exercise(SCHEMA)));
            } catch (SQLException e) {
                throw new ExerciseException(SCHEMA + ": " + Sql.describe(e), e);
            }
            if (goodRows(scene, observer)) {
                balances(scene, observer, one, two);
                bookings(scene, observer, one, two);
            }
        }
    }

    private static boolean goodRows(Scene scene, Connection observer) throws SQLException {
        boolean good = true;
        for (String sql : List.of(
                "insert into accounts (id, owner, balance) values (1, 'ada', 100), (2, 'bob', 70)",
                "update accounts set balance = balance - 70 where id = 2",
                "insert into bookings (rig, first_day, last_day) values (7, '2026-04-01', '2026-04-03')",
                "insert into bookings (rig, first_day, last_day) values (7, '2026-04-04', '2026-04-04')",
                "insert into bookings (rig, first_day, last_day) values (8, '2026-04-02', '2026-04-05')")) {
            SQLException refusal = Sql.refusal(observer, sql);
            if (refusal != null) {
                scene.say("   > " + sql);
                scene.say("     refused: " + Sql.describe(refusal));
                good = false;
            }
        }
        scene.goal(
                "what keeps the rules goes in",
                good,
                "a balance of 0 is fine, and so are one rig on days next to each other and two rigs on the same day");
        return good;
    }

    private static void balances(Scene scene, Connection observer, Connection one, Connection two) throws SQLException {
        scene.heading("two callers take 70 of ada's 100; each looks first");
        one.setAutoCommit(false);
        two.setAutoCommit(false);
        long first = balance(one);
        long second = balance(two);
        scene.say("   caller 1 sees %d: enough", first);
        scene.say("   caller 2 sees %d: enough", second);
        scene.fact("both callers see enough", first >= AMOUNT && second >= AMOUNT);
        withdraw(scene, "caller 1", one);
        withdraw(scene, "caller 2", two);
        scene.show(observer, "select id, owner, balance from accounts where id = 1");
        scene.goal(
                "two callers at once do not take more than there is",
                balance(observer) >= 0,
                "both looked before either wrote: who can look at the very moment of writing?");

        scene.heading("somebody at the console, past the application");
        tell(scene, "update accounts set balance = -5 where id = 2", observer);
        tell(scene, "insert into accounts (id, owner, balance) values (3, 'cem', -1)", observer);
        scene.goal(
                "no balance goes below zero, whoever writes it and however",
                Sql.number(observer, "select count(*) from accounts where id in (2, 3) and balance < 0") == 0,
                "a rule that lives in one program holds for that program");
    }

    private static long balance(Connection connection) throws SQLException {
        return Sql.number(connection, "select balance from accounts where id = 1");
    }

    private static void withdraw(Scene scene, String caller, Connection connection) throws SQLException {
        SQLException refusal =
                Sql.refusal(connection, "update accounts set balance = balance - " + AMOUNT + " where id = 1");
        if (refusal == null) {
            refusal = commit(connection);
        } else {
            connection.rollback();
        }
        connection.setAutoCommit(true);
        scene.say("   %s takes %d: %s", caller, AMOUNT, refusal == null ? "done" : "refused, " + Sql.describe(refusal));
    }

    private static void bookings(Scene scene, Connection observer, Connection one, Connection two) throws Exception {
        scene.heading("two callers book rig 7, for 10 to 14 April and for 13 to 17 April; each looks first");
        one.setAutoCommit(false);
        two.setAutoCommit(false);
        long first = taken(one, "2026-04-10", "2026-04-14");
        long second = taken(two, "2026-04-13", "2026-04-17");
        scene.say("   caller 1 sees %d bookings in the way", first);
        scene.say("   caller 2 sees %d bookings in the way", second);
        scene.fact("both callers see nothing in the way", first == 0 && second == 0);

        tell(scene, FIRST_BOOKING, one);
        // The second one may have to wait for the first to commit.
        Attempt<@Nullable SQLException> other = Attempt.start("booking", () -> {
            SQLException refusal = Sql.refusal(two, SECOND_BOOKING);
            return refusal == null ? commit(two) : refusal;
        });
        Await.until(PATIENCE, () -> other.ended() || Backends.anyBlocked(observer));
        scene.say(
                "   caller 2 %s", other.ended() ? "has not waited for caller 1" : "waits until caller 1 has committed");
        commit(one);
        SQLException refusal = other.outcome().result();
        two.rollback();
        scene.say("   caller 2: %s", refusal == null ? "booked" : "refused, " + Sql.describe(refusal));
        scene.show(observer, "select rig, first_day, last_day from bookings where rig = 7 order by first_day");
        scene.goal(
                "a rig is not booked twice for a day, even by two callers at once",
                Sql.number(observer, OVERLAPS) == 0,
                "nobody sees what others have not committed, no trigger either; PostgreSQL knows 'exclude using gist'"
                        + " with ranges (&&), and the extension btree_gist for plain columns (=)");
        scene.goal(
                "the first of the two has the rig",
                taken(observer, "2026-04-10", "2026-04-14") > 0,
                "one of two has to win");
    }

    private static long taken(Connection connection, String first, String last) throws SQLException {
        return Sql.number(connection, """
                select count(*) from bookings
                where rig = 7 and first_day <= cast(? as date) and last_day >= cast(? as date)""", last, first);
    }

    private static @Nullable SQLException commit(Connection connection) {
        try {
            connection.commit();
            return null;
        } catch (SQLException e) {
            return e;
        }
    }

    private static void tell(Scene scene, String sql, Connection connection) {
        scene.say("   > " + sql);
        SQLException refusal = Sql.refusal(connection, sql);
        scene.say("     " + (refusal == null ? "accepted" : "refused: " + Sql.describe(refusal)));
    }
}
