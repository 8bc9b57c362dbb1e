package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlJoinLabTest {
    private static final String FILE = "orders.sql";

    @TempDir
    private Path work;

    @Test
    void rowsThatAreRightForTheFirstDataOnlyDoNotPass() throws Exception {
        Played played = Mending.ofSolution(new SqlJoinLab(), work)
                .with(FILE, "where not exists (select 1 from orders o where o.user_id = u.id)", "where u.name = 'max'")
                .play();

        assertThat(played.unmet()).singleElement().asString().startsWith("'without-orders'");
    }

    @Test
    void groupingByANameMakesOneOfTwoUsers() throws Exception {
        Played played = Mending.ofSolution(new SqlJoinLab(), work)
                .with(FILE, "select u.id, u.name, coalesce", "select min(u.id), u.name, coalesce")
                .with(FILE, "group by u.id, u.name\norder by u.id", "group by u.name\norder by min(u.id)")
                .play();

        assertThat(played.unmet()).singleElement().asString().startsWith("'totals'");
    }

    @Test
    void otherWaysToAskTheSamePass() throws Exception {
        Played played = Mending.ofSolution(new SqlJoinLab(), work)
                .with(FILE, "where not exists (select 1 from orders o where o.user_id = u.id)", """
                        where u.id not in (select user_id from orders where user_id is not null)""")
                .with(
                        FILE,
                        "coalesce(sum(o.total), 0)",
                        "(select coalesce(sum(x.total), 0) from orders x"
                                + " where x.user_id = u.id and x.status = 'paid')")
                .play();

        played.isSolved();
    }

    @Test
    void statementThatDoesNotRunIsNamedWithWhatTheDatabaseSays() throws Exception {
        Played played = Mending.ofSolution(new SqlJoinLab(), work)
                .with(FILE, "select o.id, u.name, o.total", "select o.id, u.nmae, o.total")
                .play();

        assertThat(played.hints()).singleElement().asString().contains("'large-orders'", "42703", "u.nmae");
    }
}
