package dev.wellhead.ratelimit;

import dev.wellhead.redis.RedisScript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The script that decides in Redis, what it is given, and what it answers. Each {@link Algorithm} says the same in Java. */
class LimitScript {
    /*
     * KEYS: one a limit. ARGV: the last moment at which the answer is still awaited, 1 to take or 0 to peek, then for each
     * limit the number of its algorithm and
     *
     *   0, a token bucket   what the call takes and what a full bucket is worth, both as whole microseconds and a
     *                       fraction, and how many fractions make a microsecond
     *   1, a fixed window   what the call takes, what a window gives, and its length in microseconds
     *
     * All whole numbers below 2^53.
     *
     * A state is "<micros>" or "<micros>:<part>": of a bucket the moment at which it is full again and the fraction, of a
     * window its last microsecond and what was taken there. It expires then, or up to GRACE milliseconds later: an absent
     * state says that nothing was taken.
     *
     * Answers -1 and Redis' time if it came too late, having read and written nothing; else 1 or 0, Redis' time, and for
     * each limit its state, as two numbers, and whether it was absent.
     */
    private static final String TEXT =
            // Atomic: all limits are charged or none is; touches KEYS only. Both functions return whether the call
            // fits, the state before and after it, and whether the state before has to be mended.
            """
            CLOCK
            if now > tonumber(ARGV[1]) then
              return {-1, now}
            end
            local function token_bucket(at, micros, part)
              local need, need_part = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
              local full, full_part = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
              local parts = tonumber(ARGV[at + 4])
              local debt, debt_part, mended = 0, 0, false
              if micros and micros >= now then
                debt, debt_part = micros - now, part
                if debt > full or (debt == full and debt_part > full_part) then
                  debt, debt_part, mended = full, full_part, true
                end
              end
              local after, after_part = debt + need, debt_part + need_part
              if after_part >= parts then
                after, after_part = after + 1, after_part - parts
              end
              local fits = after < full or (after == full and after_part <= full_part)
              return fits, now + debt, debt_part, now + after, after_part, mended
            end
            local function fixed_window(at, last, used)
              local cost, room, length = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
              local this_last = now - now % length + length - 1
              if not last or last < now then
                return cost <= room, now, 0, this_last, cost, false
              end
              local mended = last - now >= length
              if mended then
                last = this_last
              end
              return used + cost <= room, last, used, last, used + cost, mended
            end
            local take = ARGV[2] == '1'
            local allowed = true
            local limits = {}
            local at = 3
            for i = 1, #KEYS do
              local stored = redis.call('GET', KEYS[i])
              local micros, part
              if stored then
                micros, part = string.match(stored, '^(%d+):?(%d*)$')
                if not micros then
                  return redis.error_reply('ERR not the state of a limit')
                end
                micros, part = tonumber(micros), tonumber(part) or 0
              end
              local limit
              if ARGV[at] == '0' then
                limit = {token_bucket(at + 1, micros, part)}
                at = at + 6
              else
                limit = {fixed_window(at + 1, micros, part)}
                at = at + 4
              end
              limit.absent = stored and 0 or 1
              allowed = allowed and limit[1]
              limits[i] = limit
            end
            local answer = {allowed and 1 or 0, now}
            for i = 1, #KEYS do
              local limit = limits[i]
              local micros, part = limit[2], limit[3]
              if allowed and take then
                micros, part = limit[4], limit[5]
              end
              if take and (allowed or limit[6]) then
                local state = string.format('%.0f', micros)
                if part > 0 then
                  state = state .. string.format(':%.0f', part)
                end
                redis.call('SET', KEYS[i], state, 'PX', string.format('%.0f', math.floor((micros - now) / 1000) + GRACE))
              end
              answer[#answer + 1] = micros
              answer[#answer + 1] = part
              answer[#answer + 1] = limit.absent
            end
            return answer
            """;

    private static final String SERVER_CLOCK =
            "local time = redis.call('TIME')\n" + "local now = time[1] * 1000000 + time[2]";
    // Rounding up, and what the clock that expires keys may be ahead of TIME.
    private static final long GRACE_MILLIS = 11;
    private static final int FIXED_ANSWERS = 2;
    private static final int ANSWERS_PER_LIMIT = 3;

    private final RedisScript<List<@Nullable Object>> script;

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
        script = RedisScript.ofList(
                fault.apply(TEXT.replace("CLOCK", readClock).replace("GRACE", Long.toString(graceMillis))));
    }

    RedisScript<List<@Nullable Object>> script() {
        return script;
    }

    List<byte[]> arguments(Ask ask, boolean take, long notAfterMicros) {
        List<byte[]> arguments = new ArrayList<>(2 + 6 * ask.charges().size());
        arguments.add(number(notAfterMicros));
        arguments.add(number(take ? 1 : 0));
        for (Ask.Charge charge : ask.charges()) {
            for (long argument : charge.limit().algorithm().arguments(charge.cost())) {
                arguments.add(number(argument));
            }
        }
        return arguments;
    }

    Answer read(List<@Nullable Object> answer) {
        long verdict = numberAt(answer, 0);
        long now = numberAt(answer, 1);
        if (verdict < 0) {
            return new Answer(now, null, List.of());
        }
        List<Tat> states = new ArrayList<>();
        List<Boolean> absent = new ArrayList<>();
        for (int i = FIXED_ANSWERS; i < answer.size(); i += ANSWERS_PER_LIMIT) {
            states.add(new Tat(numberAt(answer, i), numberAt(answer, i + 1)));
            absent.add(numberAt(answer, i + 2) == 1);
        }
        return new Answer(now, new Outcome(verdict == 1, now, states), absent);
    }

    static byte[] number(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static long numberAt(List<@Nullable Object> answer, int index) {
        return (Long) Objects.requireNonNull(answer.get(index), "a number is missing in the answer of Redis");
    }
}
