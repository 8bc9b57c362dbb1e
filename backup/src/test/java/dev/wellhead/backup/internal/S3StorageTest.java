package dev.wellhead.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.backup.internal.S3Stub.Effect;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Invariants: a backup is there whole or not at all, whichever request fails, is torn or gets no answer; nothing of anybody
 * else's is touched.
 */
class S3StorageTest {
    private static final int PIECE = 8 << 20;
    private static final byte[] MANIFEST = "manifest".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path local;

    private final S3Stub stub = new S3Stub();
    private final S3Client client = stub.client();
    private final String id = id(1);

    @AfterEach
    void stop() {
        client.close();
        stub.close();
    }

    private S3Storage storage() {
        return new S3Storage(client, S3Stub.BUCKET, "app/", local);
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "%08d-20260102T030405Z-1a2b3c4d", number);
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private void make(Storage storage, String backup, byte[] content) throws IOException {
        try (Storage.Draft draft = storage.begin(backup)) {
            try (OutputStream part = draft.create("a.gz")) {
                part.write(content);
            }
            draft.publish(MANIFEST);
        }
    }

    private static byte[] part(Storage storage, String backup) throws IOException {
        try (InputStream in = storage.open(backup, "a.gz")) {
            return in.readAllBytes();
        }
    }

    @Test
    void whatIsPublishedIsThereAndWhatIsNotLeavesNothing() throws IOException {
        S3Storage storage = storage();
        make(storage, id, content(1_000));
        try (Storage.Draft draft = storage.begin(id(2))) {
            try (OutputStream part = draft.create("a.gz")) {
                part.write(1);
            }
            assertThat(storage.ids()).containsExactly(id);
        }

        assertThat(storage.ids()).containsExactly(id);
        assertThat(storage.read(id, Manifest.FILE, 100)).isEqualTo(MANIFEST);
        assertThat(part(storage, id)).isEqualTo(content(1_000));
        assertThat(stub.objects().keySet())
                .containsExactly("app/manifests/" + id + ".json", "app/parts/" + id + "/a.gz");
    }

    @Test
    void largePartsGoInPiecesAndEmptyOnesCome() throws IOException {
        S3Storage storage = storage();
        make(storage, id, content(2 * PIECE + 17));
        make(storage, id(2), content(PIECE));
        make(storage, id(3), new byte[0]);

        assertThat(part(storage, id)).isEqualTo(content(2 * PIECE + 17));
        assertThat(part(storage, id(2))).isEqualTo(content(PIECE));
        assertThat(part(storage, id(3))).isEmpty();
        assertThat(storage.ids()).containsExactly(id, id(2), id(3));
        assertThat(stub.uploads()).isZero();
    }

    @Test
    void manyBackupsAreListedPageByPage() throws IOException {
        S3Storage storage = storage();
        for (int number = 1; number <= 8; number++) {
            make(storage, id(number), content(1));
        }
        stub.objects().put("app/manifests/somebody-elses.json", new S3Stub.Stored(MANIFEST, Instant.now()));
        stub.objects().put("other/manifests/" + id(9) + ".json", new S3Stub.Stored(MANIFEST, Instant.now()));

        assertThat(storage.ids()).hasSize(8).isSorted();
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "TORN", "STALLED"})
    void whicheverRequestFailsABackupIsThereWholeOrNotAtAll(Effect effect) throws IOException {
        byte[] content = content(PIECE + 1);
        make(storage(), id, content);
        int requests = stub.requests();
        for (int failing = 0; failing < requests; failing++) {
            String next = id(failing + 2);
            int number = failing;
            stub.fault((request, method, key) -> request == number ? effect : Effect.NONE);
            boolean made;
            try (S3Client faulty = effect == Effect.STALLED ? stub.impatientClient() : stub.client()) {
                make(new S3Storage(faulty, S3Stub.BUCKET, "app/", local), next, content);
                made = true;
            } catch (IOException e) {
                made = false;
            }
            stub.fault((request, method, key) -> Effect.NONE);

            List<String> listed = storage().ids();
            assertThat(listed).as("request %s %s", failing, effect).contains(id);
            if (made) {
                assertThat(listed).contains(next);
            }
            for (String each : listed) {
                assertThat(part(storage(), each)).isEqualTo(content);
                assertThat(storage().read(each, Manifest.FILE, 100)).isEqualTo(MANIFEST);
            }
        }
    }

    @Test
    void partThatIsGoneKeepsABackupFromBeingPublished() throws IOException {
        S3Storage storage = storage();
        try (Storage.Draft draft = storage.begin(id)) {
            try (OutputStream part = draft.create("a.gz")) {
                part.write(1);
            }
            stub.objects().clear();

            assertThatThrownBy(() -> draft.publish(MANIFEST)).isInstanceOf(NoSuchFileException.class);
        }
        assertThat(storage.ids()).isEmpty();
    }

    @Test
    void idThatIsTakenIsNotPublishedOver() throws IOException {
        make(storage(), id, content(10));

        assertThatThrownBy(() -> {
                    try (Storage.Draft draft = storage().begin(id)) {
                        draft.publish("another".getBytes(StandardCharsets.UTF_8));
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is there already");

        assertThat(storage().read(id, Manifest.FILE, 100)).isEqualTo(MANIFEST);
        assertThat(part(storage(), id)).isEqualTo(content(10));
    }

    @Test
    void sweepRemovesWhatIsOldAndHasNoManifestAndNothingElse() throws IOException {
        S3Storage storage = storage();
        stub.age(Duration.ofDays(3));
        make(storage, id, content(10));
        leaveBehind(id(2));
        stub.age(Duration.ofDays(1));
        leaveBehind(id(3));
        stub.objects().put("app/parts/notes.txt", new S3Stub.Stored(MANIFEST, Instant.EPOCH));
        int uploads = stub.uploads();

        storage.sweep();

        assertThat(uploads).isEqualTo(2);
        assertThat(stub.uploads()).isEqualTo(1);
        assertThat(stub.objects().keySet())
                .containsExactly(
                        "app/manifests/" + id + ".json",
                        "app/parts/" + id + "/a.gz",
                        "app/parts/" + id(3) + "/a.gz",
                        "app/parts/notes.txt");
    }

    /** As a process does that is killed: a part is there, and another is half sent. */
    private void leaveBehind(String backup) throws IOException {
        Storage.Draft draft = storage().begin(backup);
        try (OutputStream part = draft.create("a.gz")) {
            part.write(1);
        }
        draft.create("b.gz").write(content(PIECE + 1));
    }

    @Test
    void deletedBackupIsGoneWhollyAndNoOther() throws IOException {
        S3Storage storage = storage();
        make(storage, id, content(10));
        make(storage, id(2), content(10));
        storage.annotate(id, Verdict.FILE, MANIFEST);

        storage.delete(id);

        assertThat(storage.ids()).containsExactly(id(2));
        assertThat(stub.objects().keySet()).noneMatch(key -> key.contains(id));
        assertThatThrownBy(() -> storage.delete(id)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.annotate(id, Verdict.FILE, MANIFEST)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.read(id, Manifest.FILE, 10)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.open(id, "a.gz")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void smallFilesAreReplacedAndBounded() throws IOException {
        S3Storage storage = storage();
        make(storage, id, content(1));
        storage.annotate(id, Verdict.FILE, content(20));
        storage.annotate(id, Verdict.FILE, content(10));

        assertThat(storage.read(id, Verdict.FILE, 10)).isEqualTo(content(10));
        assertThatThrownBy(() -> storage.read(id, Verdict.FILE, 9)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> storage.read(id, "../manifest.json", 9)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> storage.open(id, "../a")).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> storage.open("..", "a")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void wrongKeyIsRefusedAndNotShown() {
        try (S3Client stranger = stub.client("another-canary-key")) {
            assertThatThrownBy(() -> new S3Storage(stranger, S3Stub.BUCKET, "", local).ids())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("SignatureDoesNotMatch")
                    .extracting(Throwable::toString)
                    .asString()
                    .doesNotContain("canary");
        }
    }
}
