package dev.wellhead.examples.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.gameday.Outcome.Finding;
import dev.wellhead.examples.gameday.Report.Played;
import dev.wellhead.examples.gameday.Samples.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Summary QUIET = new Summary(800, Map.of(), 2.5, 12, 40);
    private static final Summary LOUD =
            new Summary(1000, Map.of("status 503", 30L, "no replica ready", 70L), 3, 900, 3000);

    private static String report(Outcome outcome) {
        return Report.of("./game-day --script", Timing.full(), List.of(new Played(new PostgresRestarted(), outcome)));
    }

    @Test
    void rowTellsWhatUsersSawAndTheSectionWhatWasFound() {
        Outcome outcome = new Outcome(
                QUIET, LOUD, QUIET, Optional.of(Duration.ofMillis(1_234)), List.of(new Finding(true, "a line")));

        assertThat(report(outcome))
                .contains(
                        "| PostgreSQL is restarted | 1000 | 10.0 % (no replica ready: 70, status 503: 30) | 2.5 / 12 |"
                                + " 3.0 / 900 | 2.5 / 12 | 1.2 s |")
                .contains("| before | 800 | 0 | 2.5 | 12 | 40 |")
                .contains("\n- a line\n")
                .contains("100 of 1000 requests (10.0 %) failed");
        assertThat(outcome.isGood()).isTrue();
    }

    @Test
    void whatWasNotSeenAndWhoDidNotComeBackStandOut() {
        Outcome outcome =
                new Outcome(QUIET, LOUD, QUIET, Optional.empty(), List.of(new Finding(false, "the line of the leak")));

        assertThat(report(outcome)).contains("**not in time**").contains("- **NOT SEEN**: the line of the leak");
        assertThat(outcome.isGood()).isFalse();
    }
}
