package dev.wellhead.examples.labs.debugging;

import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolExhaustionLabTest {
    private static final Lab LAB = new PoolExhaustionLab();
    private static final String FILE = "WellReadings.java";
    private static final String CHECK_TOO_LATE = """
                    Connection connection = pool.getConnection();
                    requirePositive(litres);
            """;
    private static final String CHECK_FIRST = """
                    requirePositive(litres);
                    Connection connection = pool.getConnection();
            """;

    @TempDir
    private Path work;

    @Test
    void mendingOneOfTwoPathsIsNotEnough() throws Exception {
        Mending mending = Mending.ofStart(LAB, work).with(FILE, CHECK_TOO_LATE, CHECK_FIRST);

        mending.play().misses("after all rounds no connection is on loan: connections on loan: 3.");
    }

    @Test
    void callersWhoAreNotToldOfTheirMistakeAreNoCure() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work)
                .with(FILE, "throw new IllegalArgumentException(\"litres must be positive, was \" + litres);", "");

        mending.play().misses("each call had the right outcome");
    }

    @Test
    void closingInFinallyIsAsGoodAsTryWithResources() throws Exception {
        Mending mending = Mending.ofStart(LAB, work)
                .with(FILE, CHECK_TOO_LATE, CHECK_FIRST)
                .with(
                        FILE,
                        "PreparedStatement statement =\n                connection.prepareStatement(\"select litres",
                        """
                        try {
                            return newest(connection, well);
                        } finally {
                            connection.close();
                        }
                    }

                    private static OptionalInt newest(Connection connection, String well) throws SQLException {
                        PreparedStatement statement = connection.prepareStatement("select litres""")
                .with(FILE, "        connection.close();\n        return OptionalInt.of(litres);", """
                                return OptionalInt.of(litres);""");

        mending.play().isSolved();
    }
}
