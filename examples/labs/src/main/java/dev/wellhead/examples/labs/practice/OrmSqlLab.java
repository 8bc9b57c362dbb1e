package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.PoolListener;
import dev.wellhead.pool.SlowQuery;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;

/** Five innocent lines of Java, and the hundred and one statements that Hibernate makes of them. */
public final class OrmSqlLab implements Lab {
    private static final int MOST_STATEMENTS = 2;
    private static final int SHOWN = 160;
    private static final String EXPECTED = "select a.name || ': ' || coalesce(string_agg("
            + "b.title || ' (' || coalesce(p.name, 'unknown') || ', ' || b.published || ')',"
            + " '; ' order by b.published), 'nothing yet')"
            + " from authors a left join books b on b.author_id = a.id left join publishers p on p.id = b.publisher_id"
            + " group by a.id order by a.name";

    @Override
    public String name() {
        return "orm-sql";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    @Override
    public void play(Scene scene) throws Exception {
        Catalogue catalogue = JavaExercise.load(scene, "AuthorList.java", Catalogue.class);
        TestDatabase database = scene.postgres();
        database.execute(
                "create table publishers (id bigint primary key, name text not null)",
                "create table authors (id bigint primary key, name text not null)",
                "create table books (id bigint primary key, title text not null, published int not null,"
                        + " author_id bigint not null references authors, publisher_id bigint references publishers)",
                "create index books_author on books (author_id)",
                "insert into publishers select i, 'Press ' || i from generate_series(1, 12) i");
        ConcurrentLinkedQueue<SlowQuery> statements = new ConcurrentLinkedQueue<>();
        ConnectionPool pool = scene.closing(ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .name("library")
                .maxSize(2)
                // Each statement counts as slow, so each is told.
                .slowQueryThreshold(Duration.ofNanos(1))
                .listener(new PoolListener() {
                    @Override
                    public void slowQuery(String pool, SlowQuery query) {
                        statements.add(query);
                    }
                })
                .build());
        SessionFactory sessions = scene.closing(factory(pool));
        try (Connection connection = pool.direct().getConnection()) {
            lazily(scene, connection, sessions, statements);
            for (int authors : new int[] {100, 200}) {
                list(scene, connection, sessions, statements, catalogue, authors);
            }
        }
    }

    private static SessionFactory factory(ConnectionPool pool) {
        // Else Hibernate would log by itself, past the lab's own setting.
        System.setProperty("org.jboss.logging.provider", "slf4j");
        return new MetadataSources(new StandardServiceRegistryBuilder()
                        .applySetting("hibernate.connection.datasource", pool)
                        .build())
                .addAnnotatedClasses(Author.class, Book.class, Publisher.class)
                .buildMetadata()
                .buildSessionFactory();
    }

    /** Adds authors until there are so many: each tenth has no books, some books no publisher. */
    private static void grow(Connection connection, int authors) throws SQLException {
        long had = Sql.number(connection, "select count(*) from authors");
        Sql.run(
                connection,
                "insert into authors select i, 'Author ' || lpad((i * 37 % 1000)::text, 3, '0') from generate_series("
                        + (had + 1) + ", " + authors + ") i",
                "insert into books select a.id * 10 + n, 'Volume ' || a.id * 10 + n, 1900 + (a.id * 7 % 80) + n, a.id,"
                        + " nullif(1 + (a.id + n) % 13, 13) from authors a, generate_series(1, 3) n"
                        + " where a.id > " + had + " and a.id % 10 <> 0");
    }

    private static void lazily(
            Scene scene, Connection connection, SessionFactory sessions, ConcurrentLinkedQueue<SlowQuery> statements)
            throws SQLException {
        scene.heading("ten authors, and then the books of each");
        grow(connection, 10);
        statements.clear();
        int books = sessions.fromTransaction(
                session -> session.createSelectionQuery("from Author", Author.class).getResultList().stream()
                        .mapToInt(author -> author.books().size())
                        .sum());
        show(scene, statements);
        scene.say("   books: %d, statements: %d", books, statements.size());
        scene.fact(
                "a collection that is loaded when it is asked for costs a statement for each author",
                statements.size() == 11);
    }

    private static void list(
            Scene scene,
            Connection connection,
            SessionFactory sessions,
            ConcurrentLinkedQueue<SlowQuery> statements,
            Catalogue catalogue,
            int authors)
            throws SQLException, ExerciseException, InterruptedException {
        scene.heading("your catalogue, " + authors + " authors");
        grow(connection, authors);
        List<String> expected = Sql.rows(connection, EXPECTED);
        statements.clear();
        long begun = System.nanoTime();
        List<String> lines =
                Attempt.get("lines", () -> sessions.fromTransaction(session -> List.copyOf(catalogue.lines(session))));
        long millis = (System.nanoTime() - begun) / 1_000_000;
        int sent = statements.size();
        show(scene, statements);
        scene.say("   lines: %d, statements: %d, ms: %d", lines.size(), sent, millis);
        lines.stream().limit(2).forEach(line -> scene.say("   %s", shortened(line)));
        scene.goal(
                "all " + authors + " authors are listed by name, each with all books, or with 'nothing yet'",
                lines.equals(expected),
                "a join drops authors without books, unless it is a left join");
        scene.goal(
                "at most " + MOST_STATEMENTS + " statements for " + authors + " authors",
                sent <= MOST_STATEMENTS,
                "it took " + sent
                        + ": see above which one comes again and again, and load what it loads with the authors");
    }

    /** The same statement is shown once, with how often it came. */
    private static void show(Scene scene, ConcurrentLinkedQueue<SlowQuery> statements) {
        Map<String, Integer> times = new LinkedHashMap<>();
        statements.forEach(statement -> times.merge(statement.sql(), 1, Integer::sum));
        times.forEach((sql, count) -> scene.say("   %4d x %s", count, shortened(sql)));
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
