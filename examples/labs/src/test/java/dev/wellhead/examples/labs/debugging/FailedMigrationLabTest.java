package dev.wellhead.examples.labs.debugging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedMigrationLabTest {
    private static final Lab LAB = new FailedMigrationLab();
    private static final String JAVA = "MigrationRecovery.java";
    private static final String SQL = "mend.sql";
    private static final String MIGRATE = "migrator.migrate()";

    @TempDir
    private Path work;

    @Test
    void markingItAsAppliedBuildsNothing() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(JAVA, MIGRATE, "migrator.history().markApplied(\"2\")");

        assertThat(mending.play().unmet())
                .hasSize(2)
                .anyMatch(goal -> goal.startsWith("no index is left that is not valid"))
                .anyMatch(goal -> goal.startsWith("the schema is that of a database"));
    }

    @Test
    void passingOverTheBrokenIndexDoesNotGetThrough() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(JAVA, MIGRATE, "migrator.history().resumeAfter(\"2\")");

        assertThat(mending.play().unmet())
                .anyMatch(goal -> goal.startsWith("your recovery ran to its end"))
                .anyMatch(goal -> goal.startsWith("the history says that both versions are applied"));
    }

    @Test
    void deletingDuplicatesWithTheirOrdersIsNoCure() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work)
                .with(SQL, "where duplicate.id = orders.customer_id and", "where false and");

        mending.play().misses("no order is lost");
    }

    @Test
    void whatWasMadeByHandHasToGo() throws Exception {
        Mending mending =
                Mending.ofSolution(LAB, work).with(SQL, "drop index concurrently customers_email_2", "select 1");

        assertThat(mending.play().unmet())
                .hasSize(2)
                .anyMatch(goal -> goal.startsWith("no index is left that is not valid"))
                .anyMatch(goal -> goal.startsWith("the schema is that of a database"));
    }

    @Test
    void resumingIsAsGoodAsMigrating() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(JAVA, MIGRATE, "migrator.history().resume(\"2\")");

        mending.play().isSolved();
    }
}
