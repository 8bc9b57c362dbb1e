package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.SqlExercise;
import java.sql.Connection;
import java.util.List;
import java.util.function.Function;

/** Joins that run without an error, and give too many rows or too few. */
public final class SqlJoinLab implements Lab {
    /**
     * One statement of the exercise.
     *
     * @param name of the statement
     * @param goal what it is to give
     * @param hint where to look if it does not
     * @param expected its rows in the order in which they have to come
     */
    private record Question(String name, String goal, String hint, Function<Shop, List<String>> expected) {
        boolean isAnswered(Connection connection, SqlExercise sql, Shop shop) throws ExerciseException {
            String statement = sql.statement(name);
            return Sql.ofExercise(name, () -> Sql.rows(connection, statement)).equals(expected.apply(shop));
        }
    }

    private static final List<Question> QUESTIONS = List.of(
            new Question(
                    "large-orders",
                    "'large-orders' gives each order above 100 once, with the name of the user who made it",
                    "tables with a comma between them are paired row by row: what makes an order a user's own?",
                    Shop::largeOrders),
            new Question(
                    "newest",
                    "'newest' gives the ten newest orders, guests' orders too, the newest first",
                    "an inner join leaves out what has no partner, before 'limit' counts; which end does 'limit' keep?",
                    Shop::newest),
            new Question(
                    "totals",
                    "'totals' gives every user, with 0 if nothing is paid",
                    "'where' comes after the join, and compares what a left join filled with nulls; the sum of no rows"
                            + " is null",
                    Shop::totals),
            new Question(
                    "without-orders",
                    "'without-orders' gives the users who never ordered",
                    "what is 6 not in (1, 2, null)? The scene shows it",
                    Shop::withoutOrders));

    @Override
    public String name() {
        return "sql-join";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        SqlExercise sql = SqlExercise.read(scene.exercise("orders.sql"));
        try (Connection connection = scene.postgres().dataSource().getConnection()) {
            Shop shop = Shop.atFirst();
            Shop.createTables(connection);
            shop.insert(connection);
            scene.heading("users, and the first orders; who has no user_id is a guest");
            scene.show(connection, "select * from users order by id");
            scene.show(connection, "select * from orders where id <= 6 order by id");
            facts(scene, connection, shop);

            boolean[] answered = new boolean[QUESTIONS.size()];
            for (int i = 0; i < answered.length; i++) {
                Question question = QUESTIONS.get(i);
                answered[i] = question.isAnswered(connection, sql, shop);
                scene.heading(question.name());
                scene.show(connection, sql.statement(question.name()));
            }

            Shop later = Shop.later();
            later.insert(connection);
            Shop all = shop.and(later);
            scene.heading("the same again with three more orders");
            for (int i = 0; i < answered.length; i++) {
                Question question = QUESTIONS.get(i);
                boolean again = question.isAnswered(connection, sql, all);
                scene.say("   %s: %s", question.name(), again ? "right" : "wrong");
                scene.goal(question.goal(), answered[i] && again, question.hint());
            }
        }
    }

    private static void facts(Scene scene, Connection connection, Shop shop) throws Exception {
        scene.heading("what a comma does, and what null does");
        String pairs = "select count(*) from users, orders";
        scene.show(connection, pairs);
        scene.fact(
                "tables with a comma between them give every pair of rows",
                Sql.number(connection, pairs)
                        == (long) shop.users().size() * shop.orders().size());
        String unknown = "select 6 not in (1, 2) as without_null, 6 not in (1, 2, null) as with_null";
        scene.show(connection, unknown);
        scene.fact(
                "'not in' a list with a null in it is never true",
                Sql.rows(connection, unknown).equals(List.of("t|null")));
    }
}
