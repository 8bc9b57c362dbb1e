package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.MigrationReport.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order a listener is told what a run does, on any database. */
abstract class MigrationListenerContract extends MigratorFixture {
    private final List<String> heard = new ArrayList<>();
    private final MigrationListener listener = new MigrationListener() {
        @Override
        public void onRunStarted(List<String> versions) {
            heard.add("run of " + versions);
        }

        @Override
        public void onStarted(String version, Direction direction) {
            heard.add(version + " starts");
        }

        @Override
        public void onCompleted(Step step) {
            heard.add(step.version() + " " + step.direction());
        }

        @Override
        public void onFailed(String version, MigrationException error) {
            heard.add(version + " fails");
        }

        @Override
        public void onRunCompleted(MigrationReport report) {
            heard.add("run ends with " + report.steps().size());
        }

        @Override
        public void onRunFailed(Throwable error) {
            heard.add("run fails with " + ((MigrationException) error).code());
        }
    };

    @Test
    void runBeginsAndEndsAroundItsMigrations() {
        listening(USERS, ORDERS).migrate();

        assertThat(heard)
                .containsExactly(
                        "run of [001, 002]",
                        "001 starts",
                        "001 APPLIED",
                        "002 starts",
                        "002 APPLIED",
                        "run ends with 2");
    }

    @Test
    void nothingIsHeardOfARunThatHasNothingToDo() {
        listening(USERS).migrate();
        heard.clear();

        listening(USERS).migrate();

        assertThat(heard).isEmpty();
    }

    @Test
    void failureIsToldOfTheMigrationAndThenOfTheRun() {
        refusal("WH-MIG-007", () -> listening(USERS, BROKEN, NAMES).migrate());

        assertThat(heard)
                .containsExactly(
                        "run of [001, 003, 010]",
                        "001 starts",
                        "001 APPLIED",
                        "003 starts",
                        "003 fails",
                        "run fails with WH-MIG-007");
    }

    @Test
    void refusedRunDoesNotBegin() {
        refusal("WH-MIG-009", () -> listening(USERS).rollback(1));

        assertThat(heard).isEmpty();
    }

    @Test
    void redoNamesItsVersionTwice() {
        listening(USERS).migrate();
        heard.clear();

        listening(USERS).redo();

        assertThat(heard)
                .containsExactly(
                        "run of [001, 001]",
                        "001 starts",
                        "001 ROLLED_BACK",
                        "001 starts",
                        "001 APPLIED",
                        "run ends with 2");
    }

    @Test
    void whatAListenerThrowsAtTheEdgesOfARunChangesNothing() {
        builder(USERS)
                .listener(new MigrationListener() {
                    @Override
                    public void onRunStarted(List<String> versions) {
                        throw new IllegalStateException("at the begin");
                    }

                    @Override
                    public void onRunCompleted(MigrationReport report) {
                        throw new IllegalStateException("at the end");
                    }
                })
                .build()
                .migrate();

        assertThat(history()).isEqualTo("001");
    }

    @Test
    void noOtherRunBeginsBeforeTheEndIsTold() {
        List<String> codes = new ArrayList<>();
        builder(USERS)
                .listener(new MigrationListener() {
                    @Override
                    public void onRunCompleted(MigrationReport report) {
                        Migrator impatient =
                                builder(USERS).lockWait(Duration.ZERO).build();
                        codes.add(
                                refusal("WH-MIG-006", () -> impatient.history().markPending("1"))
                                        .code());
                    }
                })
                .build()
                .migrate();

        assertThat(codes).containsExactly("WH-MIG-006");
    }

    private Migrator listening(Migration... migrations) {
        return builder(migrations).listener(listener).build();
    }
}
