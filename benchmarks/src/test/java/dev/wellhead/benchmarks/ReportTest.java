package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Jdk JDK = new Jdk(Path.of("jdk"), "17.0.15", "Some \"Vendor\"");
    private static final Scenario SCENARIO = new Scenario(
            "borrow",
            List.of(idle("ours"), idle("peer"), idle("floor")),
            List.of(
                    new Goal("pool.ns", Figure.metric("ours", "ns"), Comparison.AT_MOST, 20, "ns"),
                    new Goal("pool.over", Figure.over("floor", "ours", "ns"), Comparison.AT_MOST, 5, "ns"),
                    new Goal("pool.gain", Figure.ratio("peer", "ours", "ns"), Comparison.AT_LEAST, 3, "x")));

    @Test
    void goalIsJudgedByFiguresOfTheSameRound() {
        Report report = report(Effort.FULL, round(10, 40, 4), round(12, 24, 8), round(50, 500, 44));

        assertThat(report.goalLines())
                .containsExactly(
                        "goal pool.ns@17 12 <= 20 tie", "goal pool.over@17 6 <= 5 tie", "goal pool.gain@17 4 >= 3 tie");
        assertThat(report.results().get(0).judgements())
                .extracting(Judgement::values)
                .containsExactly(List.of(10.0, 12.0, 50.0), List.of(6.0, 4.0, 6.0), List.of(4.0, 2.0, 10.0));
    }

    @Test
    void tableShowsMedianLowestAndHighestOfEachContender() {
        Report report = report(Effort.FULL, round(10, 40, 4), round(12.3456, 24, 8), round(50, 500, 44));

        assertThat(ResultTable.of(report.results().get(0)).lines())
                .containsExactly(
                        "JDK 17.0.15 (Some \"Vendor\"), 3 rounds: median (lowest - highest)",
                        "borrow  ns",
                        "ours    12.35 (10 - 50)",
                        "peer    40 (24 - 500)",
                        "floor   8 (4 - 44)");
    }

    @Test
    void jsonHoldsAllRoundsAndSaysWhetherItIsEvidence() {
        String full = report(Effort.FULL, round(10, 40, 4), round(12, 24, 8)).json();
        String quick = report(Effort.QUICK, round(10, 40, 4)).json();

        assertThat(full)
                .contains(
                        "\"evidence\": true",
                        "\"date\": \"2026-01-02T03:04:05Z\"",
                        "\"cores\": 2",
                        "\"HikariCP\": \"7\"")
                .contains("\"JDK 17.0.15 (Some \\\"Vendor\\\")\"")
                .contains("\"ns\": [10.0, 12.0]", "\"rounds\": [4.0, 2.0]", "\"verdict\": \"tie\"")
                .doesNotContain("note");
        assertThat(quick).contains("\"evidence\": false", "\"note\": \"--quick");
    }

    @Test
    void figureOfWhatWasNotMeasuredIsRefused() {
        Round round = round(1, 2, 3);

        assertThatThrownBy(() -> Figure.metric("ours", "B").in(round)).hasMessageContaining("no metric 'B' of 'ours'");
        assertThatThrownBy(() -> Figure.metric("nobody", "ns").in(round)).hasMessageContaining("of 'nobody'");
    }

    @Test
    void scenarioWithTwoContendersOfOneNameIsRefused() {
        assertThatThrownBy(() -> new Scenario("borrow", List.of(idle("ours"), idle("ours")), List.of()))
                .hasMessage("scenario 'borrow': two contenders of the same name");
    }

    private static Contender idle(String name) {
        return new Contender(name, (jdk, effort) -> Map.of());
    }

    private static Round round(double ours, double peer, double floor) {
        return new Round(Stream.of(Map.entry("ours", ours), Map.entry("peer", peer), Map.entry("floor", floor))
                .collect(
                        LinkedHashMap::new,
                        (all, one) -> all.put(one.getKey(), Map.of("ns", one.getValue())),
                        Map::putAll));
    }

    private static Report report(Effort effort, Round... rounds) {
        Report.Run run = new Report.Run(
                "pool",
                "",
                effort,
                "./bench pool",
                "abc",
                Instant.parse("2026-01-02T03:04:05Z"),
                new Machine("Linux", "unknown", 2, 0.5),
                List.of(JDK),
                Map.of("HikariCP", "7"));
        return new Report(run, List.of(new Report.Result(SCENARIO, JDK, List.of(rounds))), true);
    }
}
