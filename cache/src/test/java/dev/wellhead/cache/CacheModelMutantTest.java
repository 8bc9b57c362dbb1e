package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.Mutant;
import dev.wellhead.testkit.Mutation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves that the model needs each part of the protocol: each of these is taken away, and that must be found. */
class CacheModelMutantTest {
    private static final Mutation MUTATION = Mutation.of(CacheModelMutantTest.class);

    static List<Mutant> mutants() {
        return List.of(
                new Mutant(
                        "a value is stored whether the lease still stands or not",
                        "Scripts",
                        "local lease = redis.call('GET', KEYS[2]) if not lease or string.sub(lease, 1, 16) ~= ARGV[1] then",
                        "local lease = redis.call('GET', KEYS[2]) or '' if false then"),
                new Mutant(
                        "all loads of a process have the same token",
                        "FarTerms",
                        ".putLong(random.nextLong()) .putLong(random.nextLong())",
                        ".putLong(origin).putLong(origin)"),
                new Mutant(
                        "a value enters the near tier whatever its epoch",
                        "NearTier",
                        "return epochs.get(epoch(same)) + current == stamp ? entry(draft, now, current) : old;",
                        "return entry(draft, now, current);"),
                new Mutant(
                        "an invalidation leaves the lease",
                        "Scripts",
                        "redis.call('DEL', KEYS[2]) if ARGV[3] ~= '' then",
                        "if ARGV[3] ~= '' then"),
                new Mutant(
                        "an invalidation leaves the flights",
                        "CacheParts",
                        "failures.forget(id); flights.detach(id);",
                        "failures.forget(id);"),
                new Mutant(
                        "Redis is believed before it has heard of what waits",
                        "FarTier",
                        "if (!writes.nothingToSend() && !terms.await(writes.sentBefore(key)).orElse(false)) {",
                        "if (key.bytes().length == 0) {"));
    }

    @Test
    void modelFindsNothingInTheCacheAsItIs() {
        assertThatCode(() -> MUTATION.runUnchanged(CacheModelCheck.class)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void modelFindsThat(Mutant mutant) {
        assertThatThrownBy(() -> MUTATION.run(mutant, CacheModelCheck.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed");
    }
}
