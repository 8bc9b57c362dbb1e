package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.LintReport;
import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.migrate.RollbackReport;
import dev.wellhead.migrate.SchemaSnapshot;
import dev.wellhead.migrate.SchemaSnapshot.Change;
import dev.wellhead.migrate.SchemaSnapshot.Difference;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Migrations that work on an empty database: over rows, and back again, they do not. */
public final class MigrationsLab implements Lab {
    private static final String NOT_REACHED = "\nwhat comes before has to work first";
    private static final String FIRST = "select id, name, street from members order by id";
    private static final String LAST =
            "select m.id, m.name, a.street from members m left join addresses a on a.member_id = m.id order by m.id";

    @Override
    public String name() {
        return "migrations";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    @Override
    public void play(Scene scene) throws Exception {
        MigrationSource source = MigrationSource.directory(
                Objects.requireNonNull(scene.exercise("001_members.sql").getParent()));
        TestDatabase database = scene.postgres();
        DirectDataSource direct = DirectDataSource.of(database.url(), database.user(), database.password());
        Migrator migrator = Migrator.builder(direct).source(source).build();
        try (Connection connection = direct.getConnection()) {
            begin(scene, migrator, connection);
            warn(scene, migrator);
            over(scene, migrator, connection);
        }
        alone(scene, migrator);
    }

    private static void begin(Scene scene, Migrator migrator, Connection connection)
            throws SQLException, ExerciseException {
        scene.heading("version 1 is in use");
        try {
            migrator.migrate("1");
        } catch (MigrationException e) {
            throw new ExerciseException("the first migration has to work as it was handed out: " + e.getMessage(), e);
        }
        String members = "insert into members (name, street) values ('Ada', 'Well Lane 1'), ('Ben', null),"
                + " ('Cleo', 'Pump Street 7')";
        String refused = Sql.refusedWith(connection, members);
        if (!refused.isEmpty()) {
            throw new ExerciseException("the first migration has to make the table members as it was handed out");
        }
        scene.show(connection, FIRST);
        Sql.run(connection, "create temp table visitors (name text)", "insert into visitors values ('Ada'), ('Ben')");
        String state = Sql.refusedWith(connection, "alter table visitors add column email text not null");
        scene.say("   a table with rows, and a new column that is not null and has no default: SQLState %s", state);
        scene.fact("PostgreSQL refuses a new column that existing rows cannot fill (23502)", state.equals("23502"));
        Sql.run(connection, "drop table visitors");
    }

    private static void warn(Scene scene, Migrator migrator) {
        scene.heading("before: migrator.lint()");
        try {
            List<LintReport.Finding> dangers = migrator.lint().findings(LintReport.Severity.DANGER);
            dangers.forEach(
                    danger -> scene.say("   %s:%s  %s: %s", danger.file(), danger.line(), danger.rule(), danger.why()));
            scene.say("   dangers found: %d", dangers.size());
        } catch (MigrationException e) {
            scene.say("   %s", String.valueOf(e.getMessage()));
        }
    }

    /** Up over the rows that are there, back to them, and up again. */
    private static void over(Scene scene, Migrator migrator, Connection connection) throws SQLException {
        SchemaSnapshot first = migrator.snapshot();
        List<String> firstRows = Sql.rows(connection, FIRST);
        scene.heading("up: migrator.migrate()");
        String problem = attempt(scene, migrator::migrate);
        List<String> lastRows = problem.isEmpty() ? rowsOf(connection, LAST) : List.of();
        scene.goal(
                "all migrations go up over the rows that are there, and keep members and streets",
                lastRows.equals(firstRows),
                "what fills the new column for members who are there already? And what becomes of their streets?"
                        + problem);
        scene.goal(
                "from version 2 on each member has an e-mail address, and no two the same",
                problem.isEmpty()
                        && rowsOf(connection, "select count(distinct email) from members")
                                .equals(List.of("3"))
                        && inVain(connection, "insert into members (name) values ('Dora')")
                                .equals("23502")
                        && inVain(connection, "insert into members (name, email) select name, email from members")
                                .equals("23505"),
                "add it, fill it, then make it not null; the unique index belongs to it");
        scene.goal(
                "version 4 records visits, by kind",
                problem.isEmpty()
                        && inVain(
                                        connection,
                                        "insert into visits (member_id, kind) select min(id), 'repair' from members")
                                .isEmpty(),
                "the table of version 4 is to be as it was handed out");

        SchemaSnapshot last = migrator.snapshot();
        scene.heading("back: migrator.rollbackTo(\"1\")");
        String back = problem.isEmpty() ? attempt(scene, () -> migrator.rollbackTo("1")) : NOT_REACHED;
        List<Difference> differences = first.differencesTo(migrator.snapshot());
        show(scene, differences);
        List<String> rowsBack = rowsOf(connection, FIRST);
        rowsBack.forEach(row -> scene.say("   %s", row));
        scene.goal(
                "back at version 1 the schema is that of version 1, and the rows are those of then",
                back.isEmpty() && same(differences) && rowsBack.equals(firstRows),
                "a down file brings the data back too, before it drops the place where they are" + back);

        scene.heading("up again: migrator.migrate()");
        String again = back.isEmpty() ? attempt(scene, migrator::migrate) : NOT_REACHED;
        differences = last.differencesTo(migrator.snapshot());
        show(scene, differences);
        scene.goal(
                "up again gives the same schema and the same rows as the first time",
                again.isEmpty() && same(differences) && rowsOf(connection, LAST).equals(firstRows),
                "what a down file forgets to drop is in the way when the same migration comes again" + again);
    }

    private static void alone(Scene scene, Migrator migrator) {
        scene.heading("each by itself, in a scratch database: migrator.verifyRollbacks()");
        try {
            RollbackReport report = migrator.verifyRollbacks();
            for (RollbackReport.Step step : report.steps()) {
                scene.say("   %s %-12s %s", step.version(), step.description(), step.verdict());
                show(scene, step.differences());
                RollbackReport.Failure failure = step.failure();
                if (failure != null) {
                    scene.say("        %s:%d %s", failure.file(), failure.line(), failure.message());
                }
            }
            scene.goal(
                    "each down file takes back what its up file did",
                    report.isReversible(),
                    "see which verdict above is not REVERSIBLE, and what is left over or missing there");
        } catch (MigrationException e) {
            scene.goal("each down file takes back what its up file did", false, String.valueOf(e.getMessage()));
        }
    }

    private static void show(Scene scene, List<Difference> differences) {
        for (Difference difference : differences) {
            scene.say("        %s %s %s", difference.change(), difference.kind(), difference.name());
        }
    }

    /** Another order of columns is no loss. */
    private static boolean same(List<Difference> differences) {
        return differences.stream().allMatch(difference -> difference.change() == Change.REORDERED);
    }

    /** Returns what to add to a hint: nothing if it went well. */
    private static String attempt(Scene scene, Supplier<?> run) {
        try {
            scene.say("%s", String.valueOf(run.get()).indent(3).stripTrailing());
            return "";
        } catch (MigrationException e) {
            scene.say("   %s", String.valueOf(e.getMessage()));
            return "\n" + e.getMessage();
        }
    }

    private static List<String> rowsOf(Connection connection, String sql) {
        try {
            return Sql.rows(connection, sql);
        } catch (SQLException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the SQLState with which a statement fails, empty if it does not, and leaves nothing of it. */
    private static String inVain(Connection connection, String sql) {
        String state = Sql.refusedWith(connection, "begin; " + sql + "; rollback");
        return state.isEmpty() ? state : state + Sql.refusedWith(connection, "rollback");
    }
}
