package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelectStarLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new SelectStarLab(), work);
    }

    @Test
    void readingByNameAloneDoesNotPass() throws Exception {
        solution()
                .with("Prices.java", "select products.id, products.name, prices.cents from", "select * from")
                .play()
                .misses("no more than 50 kB", "from the index alone");
    }

    @Test
    void columnThatTheIndexDoesNotHoldDoesNotPass() throws Exception {
        solution()
                .with("Prices.java", "select products.id,", "select products.description, products.id,")
                .play()
                .misses("from the index alone");
    }

    @Test
    void namedColumnsReadByPositionPassAsWell() throws Exception {
        solution()
                .with("Prices.java", "getLong(\"id\")", "getLong(1)")
                .with("Prices.java", "getString(\"name\")", "getString(2)")
                .with("Prices.java", "getInt(\"cents\")", "getInt(3)")
                .play()
                .isSolved();
    }

    @Test
    void listThatIsMadeUpDoesNotPass() throws Exception {
        solution()
                .with("Prices.java", "rows.getInt(\"cents\")", "100")
                .play()
                .misses("with their prices", "after columns were added");
    }
}
