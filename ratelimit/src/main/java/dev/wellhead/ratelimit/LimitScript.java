package dev.wellhead.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The script that decides in Redis, what it is given, and what it answers. Each {@link Algorithm} says the same in Java. */
class LimitScript extends LimitLua {
    /*
     * KEYS: one a limit. ARGV: the last moment at which the answer is still awaited, 1 to take or 0 to peek, then for each
     * limit the call, as LimitLua says.
     *
     * Answers 1 or 0, Redis' time, and for each limit its state and whether it was absent.
     */
    private static final String TEXT =
            // Atomic: all limits are charged or none is; touches KEYS only.
            """
            local take = ARGV[2] == '1'
            local allowed = true
            local limits = {}
            local at = 3
            for i = 1, #KEYS do
              local micros, part, rest = read(KEYS[i])
              local limit = {decide(at, micros, part, rest)}
              at = at + length(ARGV[at])
              limit.absent = micros and 0 or 1
              allowed = allowed and limit[1]
              limits[i] = limit
            end
            local answer = {allowed and 1 or 0, now}
            for i = 1, #KEYS do
              local limit = limits[i]
              local micros, part, rest = limit[2], limit[3], limit[4]
              if allowed and take then
                micros, part, rest = limit[5], limit[6], limit[7]
              end
              if take and (allowed or limit[8]) then
                write(KEYS[i], micros, part, rest)
              end
              answer[#answer + 1] = micros
              answer[#answer + 1] = part
              answer[#answer + 1] = rest
              answer[#answer + 1] = limit.absent
            end
            return answer
            """;

    private static final int FIXED_ANSWERS = 2;
    private static final int ANSWERS_PER_LIMIT = 4;

    /**
     * What Redis answered.
     *
     * @param outcome null if the call came too late
     * @param absent which limits had no state
     */
    record Answer(long nowMicros, @Nullable Outcome outcome, List<Boolean> absent) {}

    LimitScript() {
        this(SERVER_CLOCK, GRACE_MILLIS, text -> text);
    }

    /**
     * Builds the script on another clock, and with faults that a test must notice.
     *
     * @param readClock Lua that sets the local {@code now}
     */
    LimitScript(String readClock, long graceMillis, UnaryOperator<String> fault) {
        super(DECIDE + TEXT, readClock, graceMillis, fault);
    }

    List<byte[]> arguments(Ask ask, boolean take, long notAfterMicros) {
        List<byte[]> arguments = new ArrayList<>(2 + 6 * ask.charges().size());
        arguments.add(Wire.number(notAfterMicros));
        arguments.add(Wire.number(take ? 1 : 0));
        for (Ask.Charge charge : ask.charges()) {
            Wire.addCall(arguments, charge);
        }
        return arguments;
    }

    Answer read(List<@Nullable Object> answer, boolean take) {
        long verdict = Wire.numberAt(answer, 0);
        long now = Wire.numberAt(answer, 1);
        if (verdict < 0) {
            return new Answer(now, null, List.of());
        }
        List<State> states = new ArrayList<>();
        List<Boolean> absent = new ArrayList<>();
        for (int i = FIXED_ANSWERS; i < answer.size(); i += ANSWERS_PER_LIMIT) {
            states.add(Wire.stateAt(answer, i));
            absent.add(Wire.numberAt(answer, i + 3) == 1);
        }
        return new Answer(now, new Outcome(verdict == 1, verdict == 1 && take, now, states), absent);
    }
}
