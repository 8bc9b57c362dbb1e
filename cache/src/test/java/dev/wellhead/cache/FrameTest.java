package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final TagTable TABLE = new TagTable(1);
    private static final Meta META = new Meta(1_000_000, 2_000_000, 3_000, new Tags(TABLE, 4, List.of("tag")));

    @Property(tries = 200)
    void whatIsWrittenIsReadAgain(
            @ForAll byte[] payload, @ForAll Frame.Content content, @ForAll long created, @ForAll("metas") Meta meta) {
        byte[] bytes = new Frame(content, meta, payload).toBytes(created);

        Frame read = Frame.read(bytes, TABLE).orElseThrow();

        assertThat(read.payload()).isEqualTo(payload);
        assertThat(read.content()).isEqualTo(content);
        assertThat(read.meta()).isEqualTo(meta);
    }

    @Property(tries = 200)
    void noSingleChangedBitGoesUnnoticed(@ForAll @Size(max = 64) byte[] payload, @ForAll int where) {
        byte[] bytes = new Frame(Frame.Content.PLAIN, META, payload).toBytes(1);
        int bit = Math.floorMod(where, bytes.length * 8);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);

        assertThat(Frame.read(bytes, TABLE)).isEmpty();
    }

    @Property(tries = 200)
    void bytesThatAreNoFrameAreRefused(@ForAll byte[] bytes) {
        assertThat(Frame.read(bytes, TABLE)).isEmpty();
    }

    @Test
    void truncatedFrameIsRefused() {
        byte[] whole = new Frame(Frame.Content.PLAIN, META, new byte[100]).toBytes(1);

        for (int length = 0; length < whole.length; length++) {
            assertThat(Frame.read(Arrays.copyOf(whole, length), TABLE)).isEmpty();
        }
    }

    @Test
    void remainingTimeIsToldFromRedisTimeUntilTheLifeEnds() {
        Meta meta =
                new Meta(Duration.ofSeconds(10).toNanos(), Duration.ofSeconds(5).toNanos(), 0, Tags.NONE);
        byte[] bytes = new Frame(Frame.Content.PLAIN, meta, new byte[3]).toBytes(1_000_000);

        assertThat(Frame.remainingNanos(bytes, 1_000_000))
                .isEqualTo(Duration.ofSeconds(15).toNanos());
        assertThat(Frame.remainingNanos(bytes, 10_999_999))
                .isEqualTo(Duration.ofSeconds(5).plusNanos(1000).toNanos());
        assertThat(Frame.remainingNanos(bytes, 11_000_000)).isNegative();
    }

    @Test
    void remainingTimeIsAtMostTheWholeIfTheClockOfRedisWasSetBack() {
        byte[] bytes = new Frame(Frame.Content.PLAIN, META, new byte[3]).toBytes(5_000_000);

        assertThat(Frame.remainingNanos(bytes, 1)).isEqualTo(META.keptNanos());
    }

    @Test
    void remainingTimeIsUnknownWhileAClockIs() {
        assertThat(Frame.remainingNanos(new Frame(Frame.Content.PLAIN, META, new byte[3]).toBytes(0), 1))
                .isNegative();
        assertThat(Frame.remainingNanos(new Frame(Frame.Content.PLAIN, META, new byte[3]).toBytes(1), 0))
                .isNegative();
    }

    @Property(tries = 200)
    void remainingTimeOfAnyBytesIsToldWithoutAnException(@ForAll byte[] bytes, @ForAll long now) {
        byte[] framed = new Frame(Frame.Content.PLAIN, META, bytes).toBytes(1);
        System.arraycopy(bytes, 0, framed, 4, Math.min(bytes.length, 24));

        Frame.remainingNanos(framed, now);
        assertThat(Frame.remainingNanos(bytes, now)).isNegative();
    }

    @Test
    void remainingTimeOfTheLongestLifeDoesNotOverflow() {
        Meta forEver = new Meta(Long.MAX_VALUE, Long.MAX_VALUE, 0, Tags.NONE);

        assertThat(Frame.remainingNanos(new Frame(Frame.Content.PLAIN, forEver, new byte[3]).toBytes(1), 1))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Provide
    Arbitrary<Meta> metas() {
        Arbitrary<Long> thousands = Arbitraries.longs().between(0, Long.MAX_VALUE / 1_000_000);
        Arbitrary<String> names =
                Arbitraries.strings().withCharRange('a', 'ÿ').ofMinLength(1).ofMaxLength(60);
        Arbitrary<Tags> tags = Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(0),
                        names.list().uniqueElements().ofMaxSize(5))
                .as((asOf, list) -> Tags.of(TABLE, asOf, list));
        return Combinators.combine(thousands, thousands, thousands, tags)
                .as((life, grace, cost, of) -> new Meta(life * 1_000_000, grace * 1_000_000, cost * 1_000, of));
    }
}
