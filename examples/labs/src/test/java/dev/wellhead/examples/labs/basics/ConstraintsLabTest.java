package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConstraintsLabTest {
    private static final String SCHEMA = "schema.sql";

    @TempDir
    private Path work;

    @Test
    void foreignKeysOfSqliteAreOffWhereNobodySwitchesThemOn() throws Exception {
        Played played = Mending.ofSolution(new ConstraintsLab(), work)
                .with("connect-sqlite.sql", "pragma foreign_keys = on;", "")
                .play();

        assertThat(played.unmet())
                .containsExactly(
                        "SQLite: an order of a user who does not exist is refused",
                        "SQLite: when a user is deleted no order stays behind alone");
    }

    @Test
    void plainUniqueDoesNotSeeOtherCase() throws Exception {
        Played played = Mending.ofSolution(new ConstraintsLab(), work)
                .with(SCHEMA, "lower(email)", "email")
                .play();

        assertThat(played.unmet())
                .containsExactly(
                        "PostgreSQL: the same address in other case is refused too",
                        "SQLite: the same address in other case is refused too");
    }

    @Test
    void schemaThatRefusesMixedCaseRefusesGoodRows() throws Exception {
        Played played = Mending.ofSolution(new ConstraintsLab(), work)
                .with(SCHEMA, "email varchar(200) not null", "email varchar(200) not null check (email = lower(email))")
                .play();

        assertThat(played.unmet())
                .containsExactly("PostgreSQL: good rows go in as they are", "SQLite: good rows go in as they are");
    }

    @Test
    void deletingTheOrdersOfADeletedUserPasses() throws Exception {
        Played played = Mending.ofSolution(new ConstraintsLab(), work)
                .with(SCHEMA, "references users (id)", "references users on delete cascade")
                .play();

        played.isSolved();
    }

    @Test
    void schemaThatIsNoSqlIsNamed() throws Exception {
        Played played = Mending.ofSolution(new ConstraintsLab(), work)
                .with(SCHEMA, "create table users", "create tabel users")
                .play();

        assertThat(played.hints()).singleElement().asString().contains("schema.sql", "42601");
    }
}
