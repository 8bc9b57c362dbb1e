package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    // Published sums. They are in users' databases: a failure here is to be mended in Checksum, never here.
    private static final Map<String, String> ALGORITHM_1 = new LinkedHashMap<>(Map.of(
            "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "create table t (id int);\n",
            "fb1392022b81a61d209097d28d3ccc17a0de4619aa440f5f820859a94b208102",
            "-- é\r\nselect '\t';\r\n",
            "0875d697e5839b46ea7fdccc9f316ce740dd819958fc221c692fd08fc231cace"));

    @Test
    void sumsOfAlgorithmOneNeverChange() {
        assertThat(Checksum.ALGORITHM).isEqualTo(1);
        ALGORITHM_1.forEach((text, sum) -> assertThat(Checksum.of(text)).isEqualTo(sum));
    }

    @Test
    void onlyKnownAlgorithmsCanBeChecked() {
        assertThat(Checksum.knows(1)).isTrue();
        assertThat(Checksum.knows(0)).isFalse();
        assertThat(Checksum.knows(2)).isFalse();
    }

    @Property(tries = 500)
    void lineEndsAndByteOrderMarkDoNotCount(@ForAll String text) {
        String plain = text.replace("\r", "").replace("\uFEFF", "");

        assertThat(Checksum.of("\uFEFF" + plain.replace("\n", "\r\n"))).isEqualTo(Checksum.of(plain));
        assertThat(Checksum.of(plain.replace("\n", "\r"))).isEqualTo(Checksum.of(plain));
    }

    @Property(tries = 1000)
    void streamHasTheSumOfItsText(@ForAll("scripts") String text, @ForAll @IntRange(min = 1, max = 9) int chunk)
            throws IOException {
        Checksum.Meter meter = new Checksum.Meter(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));

        meter.readNBytes(chunk);

        assertThat(meter.total()).isEqualTo(Checksum.of(text));
    }

    @Provide
    Arbitrary<String> scripts() {
        return Arbitraries.of("\r", "\n", "\r\n", "a", "\uFEFF", "é", "\uD83D\uDE00", "select 1;")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 500)
    void everythingElseCounts(@ForAll String first, @ForAll String second) {
        // A CR beside the new line would be one line end with it.
        String before = first.replace("\r", "");
        String after = second.replace("\r", "");

        assertThat(Checksum.of(before + "\n" + after)).isNotEqualTo(Checksum.of(before + after));
        assertThat(Checksum.of(before + "\n" + after)).isNotEqualTo(Checksum.of(before + " " + after));
        assertThat(Checksum.of(before + " ")).isNotEqualTo(Checksum.of(before));
    }

    @Test
    void joiningALineToACommentCounts() {
        String applied = "create table t (id int); -- note\ninsert into t values (1);";

        assertThat(Checksum.of(applied.replace("\n", " "))).isNotEqualTo(Checksum.of(applied));
    }
}
