package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.internal.MetricCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The dashboard and the alerts in {@code ops/} ask for what is measured, in words that Prometheus and people understand. */
class OpsTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));
    // What Prometheus adds to everything that it scrapes.
    private static final Set<String> SCRAPED_WITH = Set.of("job", "instance");

    /** An alert as it stands in the file. */
    record Alert(Map<String, Object> rule) {
        String name() {
            return (String) rule.get("alert");
        }

        String expression() {
            return (String) rule.get("expr");
        }

        @SuppressWarnings("unchecked")
        Map<String, String> annotations() {
            return (Map<String, String>) rule.get("annotations");
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /** A query of a panel. */
    record Query(String panel, String expression) {
        @Override
        public String toString() {
            return panel + ": " + expression;
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> read(String file) throws IOException {
        Object content =
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(CHECKOUT.resolve(file)));
        return (Map<String, Object>) content;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> of, String key) {
        return (List<Map<String, Object>>) of.getOrDefault(key, List.of());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> of, String key) {
        return (Map<String, Object>) of.get(key);
    }

    static List<Alert> alerts() throws IOException {
        List<Alert> alerts = new ArrayList<>();
        for (Map<String, Object> group : list(read("ops/prometheus-alerts.yml"), "groups")) {
            list(group, "rules").forEach(rule -> alerts.add(new Alert(rule)));
        }
        return alerts;
    }

    private static List<Map<String, Object>> panels() throws IOException {
        return list(read("ops/grafana-dashboard.json"), "panels");
    }

    static List<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (Map<String, Object> panel : panels()) {
            list(panel, "targets")
                    .forEach(
                            target -> queries.add(new Query((String) panel.get("title"), (String) target.get("expr"))));
        }
        return queries;
    }

    private static void assertAsksForWhatIsMeasured(String expression) {
        PromQl query = PromQl.parse(expression);
        Map<String, Set<String>> measured = Scraped.get().labels();
        Set<String> labels = new HashSet<>(SCRAPED_WITH);
        assertThat(query.selectors()).isNotEmpty();
        for (PromQl.Selector selector : query.selectors()) {
            assertThat(measured).containsKey(selector.metric());
            Set<String> possible = new HashSet<>(measured.get(selector.metric()));
            possible.addAll(SCRAPED_WITH);
            assertThat(possible).as(selector.metric()).containsAll(selector.labels());
            labels.addAll(possible);
        }
        assertThat(labels).containsAll(query.grouped());
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void alertAsksForWhatIsMeasured(Alert alert) {
        assertAsksForWhatIsMeasured(alert.expression());
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void alertTellsAPersonWhatIsWrongHowBadItIsAndWhereToRead(Alert alert) throws IOException {
        assertThat(alert.name()).matches("Wellhead[A-Z][A-Za-z]+");
        assertThat(alert.rule().keySet()).isSubsetOf("alert", "expr", "for", "labels", "annotations");
        assertThat((String) alert.rule().get("for")).matches("\\d+[smhd]");
        assertThat(map(alert.rule(), "labels").get("severity")).isIn("critical", "warning", "info");
        assertThat(alert.annotations().keySet()).containsExactlyInAnyOrder("summary", "description", "runbook");
        assertThat(alert.annotations().get("summary"))
                .isNotBlank()
                .hasSizeLessThan(120)
                .doesNotContain("\n");
        assertThat(alert.annotations().get("description")).hasSizeGreaterThan(40);
        assertThat(alert.annotations().get("runbook"))
                .isEqualTo("docs/metrics.md#" + alert.name().toLowerCase(Locale.ROOT));
        assertThat(Files.readString(CHECKOUT.resolve("docs/metrics.md"))).contains("\n### " + alert.name() + "\n");
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void alertNamesOnlyLabelsThatItsResultHas(Alert alert) {
        PromQl query = PromQl.parse(alert.expression());
        Set<String> has = new TreeSet<>(query.grouped());
        if (has.isEmpty()) {
            has.addAll(SCRAPED_WITH);
            query.selectors()
                    .forEach(selector -> has.addAll(Scraped.get().labels().get(selector.metric())));
        }
        has.remove("le");

        Set<String> named = new TreeSet<>();
        Matcher label = Pattern.compile("\\$labels\\.([a-z_]+)")
                .matcher(alert.annotations().toString());
        while (label.find()) {
            named.add(label.group(1));
        }
        assertThat(has).containsAll(named);
        assertThat(alert.annotations()
                        .toString()
                        .replaceAll("\\{\\{ \\$(labels\\.[a-z_]+|value( \\| [a-zA-Z]+)?) }}", ""))
                .doesNotContain("{{")
                .doesNotContain("$");
    }

    @Test
    void alertsHaveNamesOfTheirOwnAndEveryModuleHasOne() throws IOException {
        assertThat(alerts().stream().map(Alert::name)).hasSizeGreaterThan(15).doesNotHaveDuplicates();
        String all = alerts().stream().map(Alert::expression).toList().toString();
        for (String module : List.of("pool", "redis", "cache", "ratelimit", "migrate", "backup")) {
            assertThat(all).contains("wellhead_" + module + "_");
        }
    }

    @Test
    void pageHasNoAlertThatIsGone() throws IOException {
        Set<String> described = new TreeSet<>();
        Matcher heading = Pattern.compile("\n### (Wellhead\\w+)\n")
                .matcher(Files.readString(CHECKOUT.resolve("docs/metrics.md")));
        while (heading.find()) {
            described.add(heading.group(1));
        }

        assertThat(described)
                .isEqualTo(new TreeSet<>(alerts().stream().map(Alert::name).toList()));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void panelAsksForWhatIsMeasured(Query query) {
        // As Grafana fills in what a person has chosen.
        String filled = query.expression()
                .replace("$__rate_interval", "5m")
                .replace("$instance", "a|b")
                .replace("$job", "service");

        assertThat(filled).doesNotContain("$");
        assertAsksForWhatIsMeasured(filled);
    }

    @ParameterizedTest
    @MethodSource("queries")
    void panelShowsTheInstancesThatWereChosen(Query query) {
        for (String selector : query.expression().split("wellhead_", -1)) {
            if (!selector.equals(query.expression().split("wellhead_", -1)[0])) {
                assertThat(selector).contains("{job=\"$job\", instance=~\"$instance\"");
            }
        }
    }

    @Test
    void everyPanelHasATitleAWordOfExplanationASourceAndAPlaceOfItsOwn() throws IOException {
        Set<Object> ids = new HashSet<>();
        Set<String> taken = new HashSet<>();
        for (Map<String, Object> panel : panels()) {
            String title = (String) panel.get("title");
            assertThat(title).isNotBlank();
            assertThat(ids.add(panel.get("id"))).as("id of " + title).isTrue();
            if (!"row".equals(panel.get("type"))) {
                assertThat((String) panel.get("description")).as(title).isNotBlank();
                assertThat(map(panel, "datasource").get("uid")).as(title).isEqualTo("${datasource}");
                assertThat(list(panel, "targets")).as(title).isNotEmpty();
            }
            Map<String, Object> place = map(panel, "gridPos");
            int left = (Integer) place.get("x");
            int top = (Integer) place.get("y");
            assertThat(left + (Integer) place.get("w")).as(title).isLessThanOrEqualTo(24);
            for (int x = left; x < left + (Integer) place.get("w"); x++) {
                for (int y = top; y < top + (Integer) place.get("h"); y++) {
                    assertThat(taken.add(x + "," + y))
                            .as(title + " lies on another one")
                            .isTrue();
                }
            }
        }
    }

    @Test
    void dashboardAsksForSourceJobAndInstanceAndIsBoundToNoGrafana() throws IOException {
        Map<String, Object> dashboard = read("ops/grafana-dashboard.json");
        List<Map<String, Object>> variables = list(map(dashboard, "templating"), "list");

        assertThat(variables.stream().map(variable -> variable.get("name")))
                .containsExactly("datasource", "job", "instance");
        assertThat(variables.get(0)).containsEntry("type", "datasource").containsEntry("query", "prometheus");
        for (Map<String, Object> variable : variables.subList(1, 3)) {
            Matcher query = Pattern.compile("label_values\\((\\w+)(\\{[^}]*})?, (\\w+)\\)")
                    .matcher((String) map(variable, "query").get("query"));
            assertThat(query.matches()).isTrue();
            assertThat(Scraped.get().labels()).containsKey(query.group(1));
            assertThat(SCRAPED_WITH).contains(query.group(3));
        }
        assertThat(dashboard.get("id")).isNull();
    }

    // A metric that nobody can see is one that nobody needs, or one that was forgotten.
    @Test
    void everyMetricIsOnTheDashboardOrInAnAlert() throws IOException {
        Set<String> asked = new TreeSet<>();
        for (Query query : queries()) {
            PromQl.parse(query.expression().replace("$__rate_interval", "5m"))
                    .selectors()
                    .forEach(selector -> asked.add(selector.metric().replaceAll("_(bucket|count|sum)$", "")));
        }
        for (Alert alert : alerts()) {
            PromQl.parse(alert.expression())
                    .selectors()
                    .forEach(selector -> asked.add(selector.metric().replaceAll("_(bucket|count|sum)$", "")));
        }

        assertThat(asked)
                .containsAll(MetricCatalogue.all().stream()
                        .map(ModulesTest::prometheusName)
                        .toList());
    }
}
