package dev.wellhead.examples.labs.debugging;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Outcome;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.SqlExercise;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationListener;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.MigrationStatus;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.migrate.SchemaSnapshot;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A migration whose run was ended in its middle, with data that do not let it go on, and with what a second attempt by hand
 * left behind.
 */
public final class FailedMigrationLab implements Lab {
    private static final int INDEX_STATEMENT = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String TABLES = """
            create table customers (id bigint primary key, email text not null, name text not null);
            create table orders (
                id bigint primary key,
                customer_id bigint not null references customers on delete cascade,
                item text not null
            );
            """;
    private static final String UNIQUE_EMAIL = """
            alter table customers add column verified boolean not null default false;
            create unique index concurrently customers_email on customers (email);
            alter table customers add constraint customers_email_key unique using index customers_email;
            """;
    private static final MigrationSource MIGRATIONS =
            MigrationSource.of(Map.of("001_tables.sql", TABLES, "002_unique_email.sql", UNIQUE_EMAIL));

    // The addresses of 5 and 6 were entered again, under these numbers.
    private static final List<Long> DUPLICATES = List.of(101L, 102L, 150L);
    private static final int CUSTOMERS = 200;

    private static final String BUILDER = "select pid from pg_stat_activity where datname = current_database()"
            + " and pid <> pg_backend_pid() and query ilike '%index concurrently%'";
    private static final String INDEXES = """
            select c.relname as index, i.indisvalid as valid, i.indisready as kept_up_to_date
            from pg_index i join pg_class c on c.oid = i.indexrelid
            where i.indrelid = 'customers'::regclass order by 1""";
    private static final String INVALID = "select count(*) from pg_index i join pg_class c on c.oid = i.indexrelid"
            + " where not i.indisvalid and c.relnamespace = 'public'::regnamespace";

    @Override
    public String name() {
        return "failed-migration";
    }

    @Override
    public Level level() {
        return Level.DEBUGGING;
    }

    @Override
    public void play(Scene scene) throws Exception {
        SqlExercise mend = SqlExercise.read(scene.exercise("mend.sql"));
        Recovery recovery = JavaExercise.load(scene, "MigrationRecovery.java", Recovery.class);
        TestDatabase database = scene.postgres();
        Migrator migrator = migrator(database).build();
        migrator.migrate("1");
        seed(database);
        try (Connection connection = database.dataSource().getConnection()) {
            breakOff(scene, database, connection);
            tryByHand(scene, connection);
            inspect(scene, connection, migrator);

            scene.heading("your mend.sql");
            for (String name : List.of("move-orders", "remove-duplicates", "leftovers")) {
                scene.say("   %s", name);
                Sql.runOfExercise(connection, name, mend.statement(name));
            }
            boolean recovered = recover(scene, recovery, migrator);
            scene.heading("what there is now");
            scene.say(MigrationStatus.table(migrator.status()).indent(3).stripTrailing());
            scene.show(connection, INDEXES);
            scene.goal("your recovery ran to its end", recovered, "what it was told is printed above");
            judgeData(scene, connection);
            judgeSchema(scene, connection, migrator);
        }
    }

    private static Migrator.Builder migrator(TestDatabase database) {
        return Migrator.builder(DirectDataSource.of(database.url(), database.user(), database.password()))
                .source(MIGRATIONS)
                .lockWait(Duration.ofSeconds(5))
                .lockRetry(Duration.ofSeconds(5));
    }

    private static void seed(TestDatabase database) {
        database.execute(
                "insert into customers select n, 'c' || case n when 101 then 5 when 102 then 6 when 150 then 5 else n end"
                        + " || '@example.org', 'customer ' || n from generate_series(1, " + CUSTOMERS + ") n",
                "insert into orders select n, n, 'item ' || n from generate_series(1, " + CUSTOMERS + ") n");
    }

    /** Has a run end in the middle of its second statement, as when somebody loses patience with a deployment. */
    private static void breakOff(Scene scene, TestDatabase database, Connection operator) throws Exception {
        scene.heading("a deployment applies version 2");
        scene.say(UNIQUE_EMAIL.indent(3).stripTrailing());
        try (Connection longTransaction = database.dataSource().getConnection()) {
            longTransaction.setAutoCommit(false);
            // Only now: its lock would hold up the first statement, too.
            MigrationListener listener = new MigrationListener() {
                @Override
                public void onStatementStarted(StatementEvent statement) {
                    if (statement.number() == INDEX_STATEMENT) {
                        changeACustomer(longTransaction);
                    }
                }
            };
            Migrator deployment = migrator(database).listener(listener).build();
            Attempt<Boolean> run = Attempt.begin("deployment", deployment::migrate);
            scene.fact(
                    "building the index waits for a transaction that is older",
                    Await.until(PATIENCE, () -> isBuilding(operator, " and wait_event_type = 'Lock'")));
            scene.say("   it hangs, as a transaction is open that has changed a customer; an operator ends it:");
            scene.show(operator, "select pg_terminate_backend(pid)" + BUILDER.substring("select pid".length()));
            Await.until(PATIENCE, () -> !isBuilding(operator, ""));
            longTransaction.rollback();
            scene.fact("the run failed", "WH-MIG-007".equals(failure(scene, run)));
        }
    }

    private static void changeACustomer(Connection longTransaction) {
        try (Statement statement = longTransaction.createStatement()) {
            statement.execute("update customers set name = name where id = 1");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isBuilding(Connection operator, String more) throws SQLException {
        return !Sql.rows(operator, BUILDER + more).isEmpty();
    }

    private static String failure(Scene scene, Attempt<Boolean> run) throws Exception {
        Outcome<Boolean> outcome = run.outcome();
        if (outcome.failure() instanceof MigrationException failure) {
            scene.say("   the deployment: %s %s", failure.code(), String.valueOf(failure.getMessage()));
            return failure.code();
        }
        scene.say("   the deployment %s", outcome.text());
        return "";
    }

    private static String oneLine(Exception e) {
        return String.valueOf(e.getMessage()).replace("\n", ",");
    }

    private static void tryByHand(Scene scene, Connection operator) {
        scene.heading("the operator tries by hand, under another name");
        String sql = "create unique index concurrently customers_email_2 on customers (email)";
        scene.say("   > %s", sql);
        SQLException refusal = Sql.refusal(operator, sql);
        scene.say("     %s", refusal == null ? "done" : refusal.getSQLState() + ", " + oneLine(refusal));
        scene.fact("PostgreSQL refused a unique index over duplicates", Sql.isState(refusal, "23505"));
    }

    private static void inspect(Scene scene, Connection operator, Migrator migrator) throws SQLException {
        scene.heading("where it stands");
        List<MigrationStatus> status = migrator.status();
        scene.say(MigrationStatus.table(status).indent(3).stripTrailing());
        scene.show(operator, INDEXES);
        scene.show(
                operator,
                "select email, count(*), min(id), max(id) from customers group by email having count(*) > 1 order by 1");
        MigrationStatus.Midway midway = status.get(1).midway();
        scene.fact(
                "the history says that version 2 broke off behind the first of its three statements",
                midway != null && midway.committed() == 1 && midway.statements() == 3);
        scene.fact("two indexes are left that are not valid", Sql.number(operator, INVALID) == 2);
    }

    private static boolean recover(Scene scene, Recovery recovery, Migrator migrator) throws Exception {
        scene.heading("your MigrationRecovery.java");
        Throwable failure =
                Attempt.run("recover()", () -> recovery.recover(migrator)).failure();
        if (failure == null) {
            scene.say("   recover() returned");
        } else if (failure instanceof MigrationException e) {
            scene.say("   %s %s", e.code(), String.valueOf(e.getMessage()));
        } else {
            scene.say("   %s", failure);
        }
        return failure == null;
    }

    private static void judgeData(Scene scene, Connection connection) throws SQLException {
        List<String> kept = LongStream.rangeClosed(1, CUSTOMERS)
                .filter(id -> !DUPLICATES.contains(id))
                .mapToObj(Long::toString)
                .toList();
        scene.goal(
                "of customers with the same address the oldest is left, and all others are there",
                Sql.rows(connection, "select id from customers order by id").equals(kept),
                "the oldest has the lowest id; who shares an address with nobody is left alone");
        List<String> moved = Sql.rows(
                connection,
                "select id, customer_id from orders where customer_id <> id or customer_id in (5, 6) order by id");
        scene.goal(
                "no order is lost, and those of a removed customer are the remaining one's",
                Sql.number(connection, "select count(*) from orders") == CUSTOMERS
                        && moved.equals(List.of("5|5", "6|6", "101|5", "102|6", "150|5")),
                "orders are deleted with their customer (on delete cascade), so move them first");
    }

    private static void judgeSchema(Scene scene, Connection connection, Migrator migrator) throws SQLException {
        scene.goal(
                "no index is left that is not valid",
                Sql.number(connection, INVALID) == 0,
                "the migrator clears away what its own statement left; of the index made by hand it knows nothing");
        List<SchemaSnapshot.Difference> differences = differences(scene, migrator);
        differences.forEach(each -> scene.say("   %s %s %s", each.change(), each.kind(), each.name()));
        scene.goal(
                "the schema is that of a database to which both versions were applied without trouble",
                differences.isEmpty(),
                "the differences are printed above. The history is only a note: writing 'applied' into it builds nothing");
        scene.goal(
                "the history says that both versions are applied, and files and history agree",
                migrator.status().stream().allMatch(each -> each.state() == MigrationStatus.State.APPLIED)
                        && migrator.validate().findings().isEmpty(),
                "status() says for each version what happened, what state the database is in, and what to call");
    }

    private static List<SchemaSnapshot.Difference> differences(Scene scene, Migrator migrator) {
        TestDatabase untroubled = scene.closing(TestDatabase.postgres());
        Migrator reference = migrator(untroubled).build();
        reference.migrate();
        return reference.snapshot().differencesTo(migrator.snapshot());
    }
}
