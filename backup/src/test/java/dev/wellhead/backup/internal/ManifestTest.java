package dev.wellhead.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.internal.TableFingerprint;
import dev.wellhead.jdbc.internal.TableName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ManifestTest {
    private static final String ID = "00000001-20260102T030405Z-0badcafe";

    @Property(tries = 200)
    void manifestIsReadBackAsItWasWritten(
            @ForAll String name, @ForAll @LongRange(min = 0) long rows, @ForAll long last, @ForAll boolean called)
            throws DamagedException {
        Manifest written = manifest(name, rows, last, called);

        Manifest read = Manifest.of(ID, written.toBytes());

        assertThat(read).isEqualTo(written);
    }

    @Test
    void everyFlippedBitIsFound() {
        byte[] content = manifest("t\u00e4ble", 3, 7, true).toBytes();

        for (int bit = 0; bit < content.length * 8; bit++) {
            byte[] flipped = content.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            int at = bit;
            assertThatThrownBy(() -> Manifest.of(ID, flipped)).as("bit %s", at).isInstanceOf(DamagedException.class);
        }
    }

    @Test
    void everyFlippedBitOfAVerdictIsFound() throws DamagedException {
        Verdict verdict = new Verdict(true, Instant.EPOCH, "", "00");
        byte[] content = verdict.toBytes();

        assertThat(Verdict.of(content)).isEqualTo(verdict);
        for (int bit = 0; bit < content.length * 8; bit++) {
            byte[] flipped = content.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Verdict.of(flipped)).isInstanceOf(DamagedException.class);
        }
    }

    @Test
    void everyCutAndEveryAppendedByteIsFound() {
        byte[] content = manifest("t", 3, 7, true).toBytes();

        for (int length = 0; length < content.length; length++) {
            byte[] cut = Arrays.copyOf(content, length);
            assertThatThrownBy(() -> Manifest.of(ID, cut)).isInstanceOf(DamagedException.class);
        }
        byte[] longer = Arrays.copyOf(content, content.length + 1);
        longer[content.length] = '\n';
        assertThatThrownBy(() -> Manifest.of(ID, longer)).isInstanceOf(DamagedException.class);
    }

    @Test
    void manifestOfAnotherBackupIsRefused() {
        byte[] content = manifest("t", 3, 7, true).toBytes();

        assertThatThrownBy(() -> Manifest.of("00000002-20260102T030405Z-0badcafe", content))
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("another backup");
    }

    @Test
    void newerFormatIsRefusedWithWhatToDo() {
        byte[] newer = SealedJson.seal("backup-manifest", 3, Map.of("id", ID));

        assertThatThrownBy(() -> Manifest.of(ID, newer))
                .isInstanceOf(DamagedException.class)
                .hasMessage("backup-manifest has format 3, this version of Wellhead reads up to 2; use a newer one");
    }

    @Test
    void fieldsThatALaterVersionAddedAreLeftAlone() throws DamagedException {
        JsonObject body =
                SealedJson.open("backup-manifest", 2, manifest("t", 3, 7, true).toBytes());
        body.fields().put("addedLater", List.of(1L));

        Manifest read = Manifest.of(ID, SealedJson.seal("backup-manifest", 2, body.fields()));

        assertThat(read).isEqualTo(manifest("t", 3, 7, true));
    }

    /** As when a piece of the file's first line comes twice. */
    @Test
    void fieldBesideTheBodyIsDamage() {
        String content = new String(manifest("t", 3, 7, true).toBytes(), StandardCharsets.UTF_8);
        String first = "\"wellhead\": \"backup-manifest\",";
        assertThat(content).contains(first);
        byte[] spoiled = content.replace(first, first + "\n  \"forwellhead\": \"backup-manifest\",")
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Manifest.of(ID, spoiled)).isInstanceOf(DamagedException.class);
    }

    @Test
    void negativeSizesAreRefused() {
        Manifest negative = manifest("t", -1, 7, true);

        assertThatThrownBy(() -> Manifest.of(ID, negative.toBytes()))
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("'rows' must not be negative");
    }

    @Test
    void verdictIsNoManifest() {
        byte[] verdict = new Verdict(true, Instant.EPOCH, "", "00").toBytes();

        assertThat(new String(verdict, StandardCharsets.UTF_8)).contains("backup-verdict");
        assertThatThrownBy(() -> Manifest.of(ID, verdict)).isInstanceOf(DamagedException.class);
    }

    private static Manifest manifest(String name, long rows, long last, boolean called) {
        return new Manifest(
                ID,
                "postgresql",
                name,
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                "v1",
                Map.of("encoding", "UTF8", "collate", name),
                List.of(new Manifest.Part("000001.copy.gz", 10, 20, "ab")),
                List.of(new Manifest.Table(
                        new TableName("public", name),
                        new TableFingerprint(rows, "ff"),
                        "000001.copy.gz",
                        "text",
                        List.of("id", name))),
                List.of(new Manifest.Sequence(new TableName("public", name), last, called)));
    }
}
