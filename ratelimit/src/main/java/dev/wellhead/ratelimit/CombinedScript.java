package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The script that decides many calls to one limit, one after the other at the same moment: what {@link LimitScript} would
 * answer to each.
 */
class CombinedScript extends LimitLua {
    /*
     * KEYS: the limit. ARGV: the last moment at which the answer is still awaited, then for each run of equal calls how many
     * they are and the call, as LimitLua says. -1 stands for one call that is wished for, and is made if none before was
     * denied that was asked for.
     *
     * Answers 1, Redis' time, the state in the end and whether it was absent in the beginning, and for each run how many
     * of its calls are allowed: the first, since what one of them was denied the next is denied as well.
     */
    private static final String TEXT = """
            local micros, part, rest = read(KEYS[1])
            local answer = {1, now, 0, 0, '', micros and 0 or 1}
            local changed, denied = false, false
            local at = 2
            while ARGV[at] do
              local count, algorithm = tonumber(ARGV[at]), ARGV[at + 1]
              local wished = count < 0
              local allowed = 0
              repeat
                if wished and denied then
                  break
                end
                local fits, before, before_part, before_rest, after, after_part, after_rest, mended =
                    algorithms[algorithm](at + 2, micros, part, rest)
                if fits then
                  allowed = allowed + 1
                  before, before_part, before_rest = after, after_part, after_rest
                end
                if fits or mended then
                  micros, part, rest, changed = before, before_part, before_rest, true
                end
                answer[3], answer[4], answer[5] = before, before_part, before_rest
              until not fits or allowed == count or wished
              denied = denied or not wished and allowed < count
              answer[#answer + 1] = allowed
              at = at + 1 + lengths[algorithm]
            end
            if changed then
              write(KEYS[1], micros, part, rest)
            end
            return answer
            """;

    private static final int FIRST_RUN = 6;

    /**
     * Equal calls.
     *
     * @param charge what each asks for
     * @param wished whether it is one call that nobody has made yet
     */
    record Run(Charge charge, int calls, boolean wished) {}

    /**
     * What Redis answered.
     *
     * @param state the state in the end; null if the calls came too late
     * @param absent whether there was none in the beginning
     * @param allowed how many calls of each run
     */
    record Answer(long nowMicros, @Nullable State state, boolean absent, List<Integer> allowed) {}

    CombinedScript() {
        this(SERVER_CLOCK, GRACE_MILLIS, text -> text);
    }

    /**
     * Builds the script on another clock, and with faults that a test must notice.
     *
     * @param readClock Lua that sets the local {@code now}
     */
    CombinedScript(String readClock, long graceMillis, UnaryOperator<String> fault) {
        super(TEXT, readClock, graceMillis, fault);
    }

    List<byte[]> arguments(List<Run> runs, long notAfterMicros) {
        List<byte[]> arguments = new ArrayList<>(1 + 7 * runs.size());
        arguments.add(Wire.number(notAfterMicros));
        for (Run run : runs) {
            arguments.add(Wire.number(run.wished() ? -1 : run.calls()));
            Wire.addCall(arguments, run.charge());
        }
        return arguments;
    }

    Answer read(List<@Nullable Object> answer) {
        long now = Wire.numberAt(answer, 1);
        if (Wire.numberAt(answer, 0) < 0) {
            return new Answer(now, null, false, List.of());
        }
        List<Integer> allowed = new ArrayList<>();
        for (int i = FIRST_RUN; i < answer.size(); i++) {
            allowed.add(Math.toIntExact(Wire.numberAt(answer, i)));
        }
        return new Answer(now, Wire.stateAt(answer, 2), Wire.numberAt(answer, FIRST_RUN - 1) == 1, allowed);
    }
}
