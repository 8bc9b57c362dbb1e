package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PendingTest {
    private final Pending pending = new Pending(3);

    @Test
    void invalidationThatCameWhileAnEarlierOneWasSentStays() {
        pending.add(key("k"));
        long number = pending.number(key("k")).orElseThrow();

        pending.add(key("k"));
        pending.sent(key("k"), number);

        assertThat(pending.number(key("k"))).isPresent();
        assertThat(pending.size()).isEqualTo(1);
    }

    @Test
    void oneTooManyStandsForAll() {
        assertThat(List.of(add("a"), add("b"), add("c"))).containsOnly(false);

        assertThat(add("d")).isTrue();

        assertThat(pending.all()).isPresent();
        assertThat(pending.size()).isZero();
        assertThat(add("e")).isFalse();
    }

    @Test
    void generationThatBeganBeforeAnInvalidationDoesNotCoverIt() {
        for (String name : List.of("a", "b", "c", "d")) {
            add(name);
        }
        long before = pending.all().orElseThrow();

        add("e");
        pending.allSent(before);

        assertThat(pending.all()).isPresent();
        pending.allSent(pending.all().orElseThrow());
        assertThat(pending.isEmpty()).isTrue();
    }

    @Property(tries = 300)
    void nothingThatWasAddedIsForgottenUnsent(@ForAll @Size(max = 40) List<@IntRange(min = 0, max = 6) Integer> steps) {
        Pending queue = new Pending(3);
        Set<EncodedKey> owed = new HashSet<>();
        for (int step : steps) {
            if (step < 5) {
                queue.add(key("k" + step));
                owed.add(key("k" + step));
            } else if (step == 5 && queue.all().isPresent()) {
                queue.allSent(queue.all().orElseThrow());
                owed.clear();
            } else {
                queue.some(1).forEach(entry -> {
                    queue.sent(entry.getKey(), entry.getValue());
                    owed.remove(entry.getKey());
                });
            }

            assertThat(owed)
                    .allMatch(
                            key -> queue.all().isPresent() || queue.number(key).isPresent());
        }
    }

    private boolean add(String name) {
        return pending.add(key(name));
    }

    private static EncodedKey key(String name) {
        return new EncodedKey(name.getBytes(UTF_8));
    }
}
