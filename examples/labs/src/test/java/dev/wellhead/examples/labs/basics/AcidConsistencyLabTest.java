package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcidConsistencyLabTest {
    private static final String FILE = "schema.sql";
    private static final String EXCLUDE = """
            ,
                exclude using gist (rig with =, daterange(first_day, last_day, '[]') with &&)
            );""";
    private static final String TWICE = "a rig is not booked twice for a day, even by two callers at once";

    @TempDir
    private Path work;

    private Played played(String lock) throws Exception {
        return Mending.ofSolution(new AcidConsistencyLab(), work)
                .with(FILE, EXCLUDE, """
                        );
                        create function refuse_overlap() returns trigger language plpgsql as $$
                        begin
                            LOCK
                            if exists (select 1 from bookings b where b.rig = new.rig
                                    and b.first_day <= new.last_day and b.last_day >= new.first_day) then
                                raise 'booked already';
                            end if;
                            return new;
                        end $$;
                        create trigger refuse_overlap before insert on bookings
                        for each row execute function refuse_overlap();
                        """.replace("LOCK", lock))
                .play();
    }

    @Test
    void triggerThatLooksForOverlapsDoesNotSeeWhatIsNotCommitted() throws Exception {
        assertThat(played("").unmet()).containsExactly(TWICE);
    }

    @Test
    void triggerThatLocksTheRigFirstPasses() throws Exception {
        Played played = played("perform pg_advisory_xact_lock(new.rig);");

        played.isSolved();
    }

    @Test
    void uniqueFirstDayDoesNotKeepRangesApart() throws Exception {
        Played played = Mending.ofSolution(new AcidConsistencyLab(), work)
                .with(FILE, EXCLUDE, ", unique (rig, first_day));")
                .play();

        assertThat(played.unmet()).containsExactly(TWICE);
    }

    @Test
    void rigThatIsBookedByOneAloneIsNoCure() throws Exception {
        Played played = Mending.ofSolution(new AcidConsistencyLab(), work)
                .with(FILE, EXCLUDE, ", unique (rig));")
                .play();

        assertThat(played.unmet()).containsExactly("what keeps the rules goes in");
    }

    @Test
    void ruleOnBalancesIsJudgedByWriting() throws Exception {
        Played played = Mending.ofSolution(new AcidConsistencyLab(), work)
                .with(FILE, "check (balance >= 0)", "check (balance >= -40)")
                .play();

        assertThat(played.unmet())
                .containsExactly(
                        "two callers at once do not take more than there is",
                        "no balance goes below zero, whoever writes it and however");
    }
}
