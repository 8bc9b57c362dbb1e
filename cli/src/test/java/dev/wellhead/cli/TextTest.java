package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.migrate.internal.Json;
import dev.wellhead.testkit.StrictJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables, JSON, durations, sizes, addresses and words: what has no state. */
class TextTest {
    @Test
    void tablesAreAlignedByWhatIsSeen() {
        Table table = new Table(line -> line, "name", "rows#", "note");
        table.row("users", 12, "plain")
                .row("\u6570\u636e", 3, "wide")
                .row("e\u0301", 1000, "combined")
                .row("a\nb", 4, "-");

        assertThat(table.lines(0))
                .containsExactly(
                        "name   rows  note",
                        "users    12  plain",
                        "\u6570\u636e      3  wide",
                        "e\u0301      1000  combined",
                        "a\\nb      4  -");
    }

    @Test
    void rowOfTheWrongLengthIsRefused() {
        assertThatThrownBy(() -> new Table(line -> line, "one").row(1, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300)
    void wrappedLinesFitAndLoseNothing(@ForAll String text, @ForAll @IntRange(min = 2, max = 40) int columns) {
        List<String> lines = Columns.wrap(text, columns);

        assertThat(lines).allSatisfy(line -> assertThat(Columns.of(line)).isLessThanOrEqualTo(columns));
        assertThat(String.join("", lines).replace(" ", "")).isEqualTo(text.replace(" ", ""));
    }

    @Property(tries = 300)
    void anyTextIsReadBackFromJson(@ForAll String text) {
        String json = Json.write(Json.object("a", List.of(text), "b", null, "c", 7, "d", true));

        Map<String, Object> read = StrictJson.readObject(json);
        assertThat(json).doesNotContain("\n");
        assertThat(read.get("a")).isEqualTo(List.of(text));
        assertThat(read).containsEntry("b", null).containsEntry("c", 7L).containsEntry("d", true);
    }

    @Test
    void schemaSeesWhatIsWrong() {
        JsonSchema schema = JsonSchema.of("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},"
                + "\"required\":[\"a\"],\"additionalProperties\":false}");

        assertThat(schema.problems(StrictJson.read("{\"a\":1}"))).isEmpty();
        assertThat(schema.problems(StrictJson.read("{\"a\":\"1\"}"))).hasSize(1);
        assertThat(schema.problems(StrictJson.read("{\"a\":1,\"b\":2}"))).hasSize(1);
        assertThat(schema.problems(StrictJson.read("{}"))).hasSize(1);
        assertThat(JsonSchema.of("{\"pattern\":\"x\"}").problems("x")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "30s,PT30S", "5m,PT5M", "1h,PT1H", "7d,PT168H"})
    void durationsAreReadWithTheirUnit(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "-1s", "1.5s", "1w"})
    void anythingElseIsNoDuration(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).hasMessageContaining("500ms");
    }

    @ParameterizedTest
    @CsvSource({"PT0.25S,250 ms", "PT2.34S,2.3 s", "PT61S,1 min 1 s", "PT3H5M,3 h 5 min", "PT100H,4 d 4 h"})
    void durationsAreWrittenForPeople(Duration duration, String text) {
        assertThat(Durations.text(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "500kB,500000", "20MB,20000000", "1G,1000000000"})
    void sizesAreReadWithTheirUnit(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "x", "1TB", "-1"})
    void anythingElseIsNoSize(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sizesAreWrittenForPeople() {
        assertThat(List.of(ByteSize.text(12), ByteSize.text(1_234), ByteSize.text(5_600_000_000L)))
                .containsExactly("12 B", "1.2 kB", "5.6 GB");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://app@db:5433/orders?sslmode=verify-full, jdbc:postgresql://db:5433/orders?sslmode=verify-full, app",
        "postgres://a%40b@db/orders,                          jdbc:postgresql://db/orders, a@b",
        "jdbc:postgresql://db/orders?user=x,                  jdbc:postgresql://db/orders?user=x, x",
        "'jdbc:postgresql://a,b:5433/o?wellhead.maxSize=3',   'jdbc:postgresql://a,b:5433/o', ",
        "jdbc:postgresql:orders,                              jdbc:postgresql:orders, ",
    })
    void addressesOfPostgres(String text, String jdbcUrl, String user) {
        Address address = Address.parse(text, Path.of("/srv"), "--url");

        assertThat(address.jdbcUrl()).isEqualTo(jdbcUrl);
        assertThat(((Address.Postgres) address).user()).isEqualTo(user);
    }

    @ParameterizedTest
    @CsvSource({
        "app.db,                       jdbc:sqlite:/srv/app.db",
        "sqlite:data/app,              jdbc:sqlite:/srv/data/app",
        "sqlite:///var/app.db,         jdbc:sqlite:/var/app.db",
        "jdbc:sqlite:app.db?a=b&c=d,   jdbc:sqlite:/srv/app.db?a=b&c=d",
        "/var/lib/app.sqlite3,         jdbc:sqlite:/var/lib/app.sqlite3",
    })
    void addressesOfSqlite(String text, String jdbcUrl) {
        assertThat(Address.parse(text, Path.of("/srv"), "--url").jdbcUrl()).isEqualTo(jdbcUrl);
    }

    @Test
    void poolOptionsAreTakenOutOfTheUrl() {
        Address address =
                Address.parse("postgresql://a,[::1]:5432/o?wellhead.maxSize=3&ssl=true", Path.of("/srv"), "--url");

        assertThat(address.poolOptions()).isEqualTo(Map.of("maxSize", "3"));
        assertThat(address.parameters()).isEqualTo(Map.of("ssl", "true"));
        assertThat(((Address.Postgres) address).hosts()).containsExactly("a", "::1");
    }

    @Test
    void callsBecomeCommands() {
        assertThat(CommandWords.in("if it is done, call history().resumeAfter(\"7\"); if not, history().resume(\"7\")"))
                .isEqualTo("if it is done, run wellhead migrate resume 7 --done; if not, wellhead migrate resume 7");
        assertThat(CommandWords.in("backup of a to b failed: ClosedByInterruptException; nothing of it was kept"))
                .isEqualTo("backup of a to b failed: interrupted; nothing of it was kept");
        assertThat(CommandWords.in("call rollback(1) to go on with it"))
                .isEqualTo("run wellhead migrate down --steps 1 to go on with it");
    }
}
