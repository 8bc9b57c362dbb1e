package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheAsideLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new CacheAsideLab(), work);
    }

    private static final String FENCE = "cache.invalidateAfterCommit(item, transaction::afterCommit);";

    @Test
    void invalidationBeforeTheCommitDoesNotPass() throws Exception {
        solution().with("Prices.java", FENCE, "cache.invalidate(item);").play().misses("a read before the commit");
    }

    @Test
    void changeThatInvalidatesNothingDoesNotPass() throws Exception {
        solution()
                .with("Prices.java", FENCE, "")
                .play()
                .misses(
                        "that there is no price",
                        "after a change this process tells",
                        "a read before the commit",
                        "a load that began before the change");
    }

    @Test
    void cacheInEachProcessByItselfDoesNotPass() throws Exception {
        solution()
                .with(
                        "Prices.java",
                        "Cache.builder(\"prices\", redis, KeyCodec.ofString(), digits)",
                        "Cache.<String, Integer>local(\"prices\")")
                .play()
                .misses(
                        "after a change this process tells",
                        "a load that began before",
                        "one of them loads it for all");
    }

    @Test
    void noCacheAtAllDoesNotPass() throws Exception {
        solution()
                .with("Prices.java", "Integer cents = cache.get(item, this::load);", "Integer cents = load(item);")
                .play()
                .misses("a price is loaded once", "that there is no price", "one of them loads it for all");
    }

    @Test
    void invalidationAfterTheCommitPassesAsWell() throws Exception {
        solution()
                .with("Prices.java", FENCE, "transaction.afterCommit(() -> cache.invalidate(item));")
                .play()
                .isSolved();
    }
}
