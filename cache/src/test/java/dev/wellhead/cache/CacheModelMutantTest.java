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
                        "if (key.bytes().length == 0) {"),
                new Mutant(
                        "a value is as new as the tags were when its load ended",
                        "Loads",
                        "Tags.of(start.tags(), start.tagVersion(), tagger",
                        "Tags.of(start.tags(), start.tags().known(), tagger"),
                new Mutant(
                        "a put may come late",
                        "Scripts",
                        "if now > tonumber(ARGV[3]) then return {3, now} end redis.call('SET', KEYS[1], ARGV[1]",
                        "redis.call('SET', KEYS[1], ARGV[1]"),
                new Mutant("a lease may be taken late", "Scripts", "if now > tonumber(deadline) then", "if false then"),
                new Mutant(
                        "a lease lives for ever",
                        "Scripts",
                        "redis.call('SET', lease_key, token, 'PX', lease_ms)",
                        "redis.call('SET', lease_key, token)"),
                new Mutant(
                        "what was loaded while Redis was away enters the near tier whatever its epoch",
                        "NearKeeper",
                        "enter(id, draft(value, meta, awayNanos, Mark.NONE), stamp);",
                        "near.set(id, draft(value, meta, awayNanos, Mark.NONE));"),
                new Mutant(
                        "what Redis did not take is not queued",
                        "FarWrites",
                        "if (pending.add(name)) {",
                        "if (pending.bound() < 0) {"),
                new Mutant(
                        "another generation leaves the near tier",
                        "Generations",
                        "if (before != null) { changed.run(); }",
                        ""),
                new Mutant(
                        "a version counts by the tags of any generation",
                        "TagTable",
                        "return tags.names().isEmpty() || tags.table() == this;",
                        "return true;"),
                new Mutant(
                        "an invalidation forgets nothing near after it",
                        "TwoTierCache",
                        "InvalidateResult result = writes.invalidate(id, fence); parts.forget(id);",
                        "InvalidateResult result = writes.invalidate(id, fence);"),
                new Mutant(
                        "a write in a generation that has gone is not made again",
                        "FarWrites",
                        "after.name().equals(current.name()) ?",
                        "after != null ?"));
    }

    @Test
    void modelFindsNothingInTheCacheAsItIs() {
        assertThatCode(() -> MUTATION.runUnchanged(CacheModelCheck.Brief.class)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void modelFindsThat(Mutant mutant) {
        assertThatThrownBy(() -> MUTATION.run(mutant, CacheModelCheck.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed");
    }
}
