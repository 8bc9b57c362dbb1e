package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.TestDatabase;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqliteSlowQueryTest extends SlowQueryContract {
    @Override
    TestDatabase database() {
        return TestDatabase.sqlite();
    }

    @Override
    String fill() {
        return """
                with recursive number(i) as (select 1 union all select i + 1 from number where i < 100000)
                insert into events select i, i % 20000, 'note ' || i, null from number
                """;
    }

    @Override
    boolean scans(QueryPlan plan) {
        return plan.nodes().get(0).type().equals("SCAN");
    }

    @Test
    void analyzeIsNotSupported() {
        assertThatThrownBy(() -> plans.analyze("select 1", Duration.ofSeconds(1)))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageContaining("use explain");
    }

    @Test
    void joinsAreHintedAtOnlyForTheTableThatTheConditionIsOn() throws SQLException {
        database.execute(fill(), "create table kinds (kind integer primary key, name text)", "analyze");

        QueryPlan plan =
                plans.explain("select * from kinds k join events e on e.kind = k.kind where k.name = ? and e.note = ?");

        assertThat(plan.hints()).extracting(QueryPlan.Hint::columns).containsExactly(List.of("note"));
    }

    @Test
    void stepsShowTableIndexAndCondition() throws SQLException {
        database.execute("create index by_kind on events (kind)");

        QueryPlan plan = plans.explain("select * from events where kind = 1 order by note");

        assertThat(plan.nodes()).hasSize(2);
        QueryPlan.Node search = plan.nodes().get(0);
        assertThat(search.type()).isEqualTo("SEARCH");
        assertThat(search.relation()).hasValue("events");
        assertThat(search.index()).hasValue("by_kind");
        assertThat(search.condition()).hasValue("(kind=?)");
        assertThat(search.rows()).isEmpty();
        assertThat(plan.text()).contains("SEARCH events USING INDEX by_kind");
        assertThat(plan.nodes().get(1).type()).isEqualTo("USE TEMP B-TREE FOR ORDER BY");
    }
}
