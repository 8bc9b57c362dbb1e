package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCrudLabTest {
    private static final String FILE = "tasks.sql";

    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new SqliteCrudLab(), work);
    }

    @Test
    void statementThatDoesNotParseIsToldWithItsName() throws Exception {
        assertThat(solution()
                        .with(FILE, "from tasks group by", "from tasks group bye")
                        .play()
                        .hints())
                .singleElement()
                .asString()
                .contains("the statement 'counts' failed:");
    }

    @Test
    void ageInDaysPassesAsWell() throws Exception {
        solution()
                .with(FILE, "created_at < date(?, '-30 days')", "julianday(?) - julianday(created_at) > 30")
                .play()
                .isSolved();
    }

    @Test
    void newestWithoutAnOrderDoesNotPass() throws Exception {
        solution()
                .with(FILE, "order by created_at desc, id desc limit 3", "limit 3")
                .play()
                .misses("'newest' gives the three newest tasks");
    }
}
