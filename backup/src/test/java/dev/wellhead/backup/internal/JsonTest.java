package dev.wellhead.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyValueIsReadBackAsItWasWritten(@ForAll("values") Object value) throws DamagedException {
        String text = Json.write(value);

        Object read = Json.read(text.getBytes(StandardCharsets.UTF_8));

        assertThat(read).isEqualTo(value);
        assertThat(Json.write(read)).isEqualTo(text);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void anyBytesAreReadOrRefusedAsDamagedAndNothingElse(@ForAll byte[] bytes) {
        assertReadsOrRefuses(bytes);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void anyChangedByteIsReadOrRefusedAsDamagedAndNothingElse(
            @ForAll("values") Object value, @ForAll int position, @ForAll byte replacement) {
        byte[] bytes = Json.write(value).getBytes(StandardCharsets.UTF_8);

        bytes[Math.floorMod(position, bytes.length)] = replacement;

        assertReadsOrRefuses(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "[1",
                "[1,]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1,\"a\":2}",
                "nul",
                "null",
                "tru",
                "1 2",
                "01",
                "-",
                "1.5",
                "1e3",
                "99999999999999999999",
                "\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "[1]]",
                "'a'",
                "{1:2}",
                "+1"
            })
    void whatIsNotPlainlyRightIsRefusedWithItsPosition(String text) {
        assertThatThrownBy(() -> Json.read(text))
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("JSON at ");
    }

    @Test
    void nestingIsBoundedWhenReadingAndWhenWriting() {
        String deep = "[".repeat(100_000);
        Object nested = 1L;
        for (int i = 0; i <= Json.MAX_DEPTH; i++) {
            nested = List.of(nested);
        }
        Object tooDeep = nested;

        assertThatThrownBy(() -> Json.read(deep)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> Json.write(tooDeep)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoJsonOfOursIsNotWritten() {
        assertThatThrownBy(() -> Json.write(1.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void escapesThatWeDoNotWriteAreRead() throws DamagedException {
        assertThat(Json.read("\"\\/\\b\\f\\u00e9\"")).isEqualTo("/\b\f\u00e9");
    }

    private static void assertReadsOrRefuses(byte[] bytes) {
        try {
            assertThat(Json.read(bytes)).isNotNull();
        } catch (DamagedException e) {
            assertThat(e).hasMessageMatching("(?s)JSON at \\d+: .*|not valid UTF-8");
        }
    }

    @Provide
    Arbitrary<Object> values() {
        // Every char, half pairs included.
        Arbitrary<String> texts = Arbitraries.strings().all().ofMaxLength(8);
        Arbitrary<Object> leaves = Arbitraries.oneOf(
                texts.map(text -> text),
                Arbitraries.longs().map(number -> number),
                Arbitraries.of(true, false).map(flag -> flag));
        return Arbitraries.recursive(
                () -> leaves,
                inner -> Arbitraries.oneOf(
                        inner.list().ofMaxSize(3).map(List::copyOf),
                        Arbitraries.maps(texts, inner).ofMaxSize(3).map(Map::copyOf)),
                0,
                3);
    }
}
