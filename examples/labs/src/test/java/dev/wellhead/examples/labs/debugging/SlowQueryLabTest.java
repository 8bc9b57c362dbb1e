package dev.wellhead.examples.labs.debugging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowQueryLabTest {
    private static final Lab LAB = new SlowQueryLab();
    private static final String FILE = "queries.sql";
    private static final String INDEX = "create index customers_email_lower on customers (lower(email))";
    private static final String BY_ADDRESS = "where lower(email) = lower(?)";

    @TempDir
    private Path work;

    @Test
    void comparingTheColumnItselfIsFastAndFindsOtherRows() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(FILE, BY_ADDRESS, "where email = ?");

        assertThat(mending.play().unmet())
                .hasSize(2)
                .anyMatch(goal -> goal.startsWith("'find' gives the rows that it gave before"))
                .anyMatch(goal -> goal.startsWith("'find' finds a customer who comes later"));
    }

    @Test
    void copyThatNobodyRefreshesIsNoIndex() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work)
                .with(FILE, INDEX, """
                        create materialized view by_email as select id, email, name, lower(email) as key from customers;
                        create index by_email_key on by_email (key)""")
                .with(FILE, "from customers " + BY_ADDRESS, "from by_email where key = lower(?)");

        mending.play().misses("'find' finds a customer who comes later");
    }

    @Test
    void indexThatTheStatementCannotUseIsNotEnough() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(FILE, INDEX, "create index on customers (upper(email))");

        mending.play().misses("'find' reads no table from end to end");
    }

    @Test
    void generatedColumnWithAnIndexIsAsGood() throws Exception {
        Mending mending =
                Mending.ofSolution(LAB, work).with(FILE, INDEX, """
                        alter table customers add column key text generated always as (lower(email)) stored;
                        create index customers_key on customers (key)""").with(FILE, BY_ADDRESS, "where key = lower(?)");

        mending.play().isSolved();
    }

    @Test
    void statementThatTheDatabaseRefusesIsNamedWithItsReason() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(FILE, "cast(? as bigint)", "?");

        assertThat(mending.play().hints())
                .singleElement()
                .asString()
                .contains("the statement 'orders-of' failed:", "[SQLState 42883]");
    }
}
