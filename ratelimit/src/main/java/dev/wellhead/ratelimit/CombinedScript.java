package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The script that decides calls to many limits, those to one after the other, all at the same moment: what
 * {@link LimitScript} would answer to each that came alone.
 */
class CombinedScript extends LimitLua {
    /*
     * KEYS: one a limit; one may come twice. ARGV: the last moment at which the answer is still awaited, then for each limit
     * how many runs of equal calls there are, and for each run how many they are and the call, as LimitLua says. -1 stands
     * for one call that is wished for, and is made if none before was denied that was asked for.
     *
     * Answers 1, Redis' time, and for each limit the state in the end, whether it was absent in the beginning, and for each
     * run how many of its calls are allowed: the first, since what one of them was denied the next is denied as well.
     *
     * A key that holds something else spoils no other's decision: its limit's answer is -1, 0, what is wrong, and 0, and
     * nothing for its runs. By itself it is an error, as is whatever else Redis says.
     */
    private static final String TEXT = """
            local function look(key)
              if #KEYS == 1 then
                return true, read(key)
              end
              return pcall(read, key)
            end
            local function spoiled(wrong)
              local text = type(wrong) == 'table' and wrong.err or wrong
              if not string.find(text, 'WRONGTYPE', 1, true) and not string.find(text, NO_STATE, 1, true) then
                error(wrong, 0)
              end
              return text
            end
            local answer = {1, now}
            local at = 2
            for i = 1, #KEYS do
              local runs = tonumber(ARGV[at])
              at = at + 1
              local top = #answer
              local known, micros, part, rest = look(KEYS[i])
              if known then
                answer[top + 1], answer[top + 2], answer[top + 3], answer[top + 4] = 0, 0, '', micros and 0 or 1
                local changed, denied = false, false
                for run = 1, runs do
                  local count, arguments = tonumber(ARGV[at]), length(ARGV[at + 1])
                  local wished = count < 0
                  local allowed = 0
                  repeat
                    if wished and denied then
                      break
                    end
                    local fits, before, before_part, before_rest, after, after_part, after_rest, mended =
                        decide(at + 1, micros, part, rest)
                    if fits then
                      allowed = allowed + 1
                      before, before_part, before_rest = after, after_part, after_rest
                    end
                    if fits or mended then
                      micros, part, rest, changed = before, before_part, before_rest, true
                    end
                    answer[top + 1], answer[top + 2], answer[top + 3] = before, before_part, before_rest
                  until not fits or allowed == count or wished
                  denied = denied or not wished and allowed < count
                  answer[#answer + 1] = allowed
                  at = at + 1 + arguments
                end
                if changed then
                  write(KEYS[i], micros, part, rest)
                end
              else
                answer[top + 1], answer[top + 2], answer[top + 3], answer[top + 4] = -1, 0, spoiled(micros), 0
                at = at + runs * (1 + length(ARGV[at + 1]))
              end
            end
            return answer
            """;

    private static final int FIRST_LIMIT = 2;
    private static final int ANSWERS_PER_LIMIT = 4;

    /**
     * Equal calls.
     *
     * @param charge what each asks for
     * @param wished whether it is one call that nobody has made yet
     */
    record Run(Charge charge, int calls, boolean wished) {}

    /**
     * What Redis answered about one limit.
     *
     * @param state the state in the end; null if its key holds something else
     * @param absent whether there was none in the beginning
     * @param allowed how many calls of each run
     * @param wrong what is wrong with its key; empty if nothing is
     */
    record Answer(@Nullable State state, boolean absent, List<Integer> allowed, String wrong) {}

    /**
     * What Redis answered.
     *
     * @param limits one for each limit, in order; none if the calls came too late
     */
    record Answers(long nowMicros, List<Answer> limits) {}

    CombinedScript() {
        this(SERVER_CLOCK, GRACE_MILLIS, text -> text);
    }

    /**
     * Builds the script on another clock, and with faults that a test must notice.
     *
     * @param readClock Lua that sets the local {@code now}
     */
    CombinedScript(String readClock, long graceMillis, UnaryOperator<String> fault) {
        super(DECIDE + TEXT, readClock, graceMillis, fault);
    }

    /** @param limits the runs of each limit */
    List<byte[]> arguments(List<List<Run>> limits, long notAfterMicros) {
        List<byte[]> arguments = new ArrayList<>(1 + 8 * limits.size());
        arguments.add(Wire.number(notAfterMicros));
        for (List<Run> runs : limits) {
            arguments.add(Wire.number(runs.size()));
            for (Run run : runs) {
                arguments.add(Wire.number(run.wished() ? -1 : run.calls()));
                Wire.addCall(arguments, run.charge());
            }
        }
        return arguments;
    }

    /** @param limits as they were asked about */
    Answers read(List<@Nullable Object> reply, List<List<Run>> limits) {
        long now = Wire.numberAt(reply, 1);
        if (Wire.numberAt(reply, 0) < 0) {
            return new Answers(now, List.of());
        }
        List<Answer> answers = new ArrayList<>(limits.size());
        int at = FIRST_LIMIT;
        for (List<Run> runs : limits) {
            boolean spoiled = Wire.numberAt(reply, at) < 0;
            int runsAt = at + ANSWERS_PER_LIMIT;
            int end = spoiled ? runsAt : runsAt + runs.size();
            answers.add(spoiled ? spoiled(reply, at) : answer(reply, at, end));
            at = end;
        }
        return new Answers(now, answers);
    }

    private static Answer spoiled(List<@Nullable Object> reply, int at) {
        return new Answer(null, false, List.of(), Wire.textAt(reply, at + 2));
    }

    private static Answer answer(List<@Nullable Object> reply, int at, int end) {
        List<Integer> allowed = new ArrayList<>(end - at - ANSWERS_PER_LIMIT);
        for (int i = at + ANSWERS_PER_LIMIT; i < end; i++) {
            allowed.add(Math.toIntExact(Wire.numberAt(reply, i)));
        }
        return new Answer(Wire.stateAt(reply, at), Wire.numberAt(reply, at + 3) == 1, allowed, "");
    }
}
