package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new IndexLab(), work);
    }

    @Test
    void columnOfTheRangeFirstDoesNotPass() throws Exception {
        solution()
                .with("indexes.sql", "(account_id, booked_at)", "(booked_at, account_id)")
                .play()
                .misses("SQLite searches an index for the payments", "PostgreSQL finds the payments");
    }

    @Test
    void indexOfTheBareColumnDoesNotPass() throws Exception {
        solution()
                .with("indexes.sql", "(lower(reference))", "(reference)")
                .play()
                .misses("SQLite searches an index for the reference", "PostgreSQL finds the reference");
    }

    @Test
    void indexOfTheAccountAlonePassesAsWell() throws Exception {
        solution()
                .with("indexes.sql", "(account_id, booked_at)", "(account_id)")
                .play()
                .isSolved();
    }

    @Test
    void statementThatIsRefusedIsAMessage() throws Exception {
        solution()
                .with("indexes.sql", "(account_id, booked_at)", "(account_number)")
                .play()
                .misses("the exercise can be used: the statement 'payments-by-account' failed");
    }
}
