package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The picture in the documentation is what the algorithms do. */
class AdmissionPictureTest {
    private static final long START = 1_792_000_001_000_000L;
    private static final long TENTH = 100_000;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private record Row(String name, Limit limit) {}

    @Test
    void documentationShowsWhatEachAlgorithmAdmits() throws IOException {
        String documentation = Files.readString(Path.of("..", "..", "..", "..", "docs", "ratelimit.md"));

        for (Row row : List.of(
                new Row("tokenBucket", Limit.tokenBucket("x", 5, SECOND)),
                new Row("fixedWindow", Limit.fixedWindow("x", 5, SECOND)),
                new Row("slidingCounter", Limit.slidingCounter("x", 5, SECOND)),
                new Row("slidingLog", Limit.slidingLog("x", 5, SECOND)),
                new Row("leaky, queue 4", Limit.leaky("x", 5, SECOND, 4)))) {
            assertThat(documentation).as(picture(row)).contains(picture(row));
        }
    }

    /** Ten calls at once, then one each tenth of a second. */
    private static String picture(Row row) {
        Algorithm algorithm = row.limit.algorithm();
        @Nullable State state = null;
        StringBuilder line = new StringBuilder(row.name);
        line.append(" ".repeat(16 - line.length()));
        for (int call = 0; call < 39; call++) {
            int tenth = Math.max(0, call - 9);
            line.append(call == 10 || (tenth > 0 && tenth % 10 == 0) ? " " : "");
            Verdict verdict = algorithm.decide(state, START + tenth * TENTH, 1);
            state = verdict.state(verdict.allowed());
            line.append(verdict.allowed() ? '#' : '.');
        }
        return line.toString();
    }
}
