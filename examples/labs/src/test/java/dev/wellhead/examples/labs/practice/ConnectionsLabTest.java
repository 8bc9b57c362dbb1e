package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionsLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new ConnectionsLab(), work);
    }

    @Test
    void poolThatOpensMoreThanAllowedDoesNotPass() throws Exception {
        solution()
                .with("Desk.java", ".maxSize(connections)", ".maxSize(connections + 3)")
                .play()
                .misses("never more than 10 connections");
    }

    @Test
    void oneConnectionForAllDoesNotPass() throws Exception {
        solution()
                .with("Desk.java", ".maxSize(connections)", ".maxSize(1)")
                .play()
                .misses("several orders are in work");
    }

    @Test
    void requestThatFailsAndKeepsItsConnectionDoesNotPass() throws Exception {
        solution()
                .with(
                        "Desk.java",
                        "try (Connection connection = pool.getConnection();",
                        "Connection connection = pool.getConnection(); try (")
                .with(
                        "Desk.java",
                        "return rows.getLong(1);",
                        "long id = rows.getLong(1); connection.close(); return id;")
                .with("Desk.java", ".name(", ".acquireTimeout(java.time.Duration.ofMillis(50)).name(")
                .with("Desk.java", "pool.close();", "pool.close(java.time.Duration.ZERO);")
                .play()
                .misses("no request fails");
    }

    @Test
    void poolThatIsNeverClosedDoesNotPass() throws Exception {
        solution().with("Desk.java", "pool.close();", "").play().misses("everything is given back");
    }

    @Test
    void fileThatDoesNotCompileIsAMessage() throws Exception {
        solution().with("Desk.java", "pool.close();", "pool.clothe();").play().misses("the exercise can be used: ");
    }
}
