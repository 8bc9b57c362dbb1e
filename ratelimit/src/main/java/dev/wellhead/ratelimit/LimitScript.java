package dev.wellhead.ratelimit;

import dev.wellhead.redis.RedisScript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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
     *   1, a fixed window, 2, a sliding counter, 3, a sliding log
     *                       what the call takes, what a window gives, and its length in microseconds
     *   4, a leaky queue    as a token bucket, and what may be queued with the call in it, in the same way
     *
     * All whole numbers below 2^53.
     *
     * A state is numbers between colons, as its algorithm has them; "<micros>" alone stands for "<micros>:0". The first says
     * when it expires, up to GRACE milliseconds later: an absent state says that nothing was taken.
     *
     * Answers -1 and Redis' time if it came too late, having read and written nothing; else 1 or 0, Redis' time, and for
     * each limit its state, as two numbers and the text behind them, and whether it was absent.
     */
    private static final String TEXT =
            // Atomic: all limits are charged or none is; touches KEYS only. Each algorithm returns whether the call
            // fits, the state before and after it, and whether the state before has to be mended.
            """
            CLOCK
            if now > tonumber(ARGV[1]) then
              return {-1, now}
            end
            local function token_bucket(at, micros, part, rest, room, room_part)
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
              room, room_part = room or full, room_part or full_part
              local fits = after < room or (after == room and after_part <= room_part)
              return fits, now + debt, debt_part, '', now + after, after_part, '', mended
            end
            local function leaky_queue(at, micros, part, rest)
              return token_bucket(at, micros, part, rest, tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6]))
            end
            local function fixed_window(at, last, used)
              local cost, room, length = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
              local this_last = now - now % length + length - 1
              if not last or last < now then
                return cost <= room, now, 0, '', this_last, cost, '', false
              end
              local mended = last - now >= length
              if mended then
                last = this_last
              end
              return used + cost <= room, last, used, '', last, used + cost, '', mended
            end
            local function sliding_counter(at, last, taken, rest)
              local cost, room, length = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
              local start, current, previous = now - now % length, 0, 0
              local before, before_taken, before_rest, mended = now, 0, '', false
              if last and last >= now then
                before, before_taken, before_rest = last, taken, rest
                current, previous = taken, tonumber(string.sub(rest, 2))
                local began = last + 1 - 2 * length
                if began > now then
                  before, mended = start + 2 * length - 1, true
                elseif now < began + length then
                  start = began
                else
                  start, current, previous = began + length, 0, taken
                end
              end
              local weight = previous * (length - (now - start)) + current * length
              local fits = weight + cost * length <= room * length
              return fits, before, before_taken, before_rest,
                  start + 2 * length - 1, current + cost, string.format(':%.0f', previous), mended
            end
            local function sliding_log(at, last, taken, rest)
              local cost, room, length = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
              if not last or last < now then
                return cost <= room, now, 0, '', now + length - 1, cost, '', false
              end
              local newest, mended, before_rest = last + 1 - length, false, rest
              if newest > now then
                newest, mended = now, true
              end
              local used, time, kept = taken, newest, 0
              for gap, older, stop in string.gmatch(rest, ':(%d+):(%d+)()') do
                time = time - gap
                if time + length <= now then
                  break
                end
                used, kept = used + older, stop - 1
              end
              local older = string.sub(rest, 1, kept)
              local after, after_rest = taken + cost, older
              if newest < now then
                after, after_rest = cost, string.format(':%.0f:%.0f', now - newest, taken) .. older
              end
              if mended then
                before_rest = older
              end
              return used + cost <= room, newest + length - 1, taken, before_rest, now + length - 1, after, after_rest, mended
            end
            local algorithms = {
              ['0'] = token_bucket, ['1'] = fixed_window, ['2'] = sliding_counter, ['3'] = sliding_log,
              ['4'] = leaky_queue}
            local lengths = {['0'] = 6, ['1'] = 4, ['2'] = 4, ['3'] = 4, ['4'] = 8}
            local take = ARGV[2] == '1'
            local allowed = true
            local limits = {}
            local at = 3
            for i = 1, #KEYS do
              local stored = redis.call('GET', KEYS[i])
              local micros, part, rest
              if stored then
                micros, part, rest = string.match(stored, '^(%d+):?(%d*)([%d:]*)$')
                if not micros then
                  return redis.error_reply('ERR not the state of a limit')
                end
                micros, part = tonumber(micros), tonumber(part) or 0
              end
              local limit = {algorithms[ARGV[at]](at + 1, micros, part, rest)}
              at = at + lengths[ARGV[at]]
              limit.absent = stored and 0 or 1
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
                local state = string.format('%.0f', micros)
                if part > 0 then
                  state = state .. string.format(':%.0f', part) .. rest
                end
                redis.call('SET', KEYS[i], state, 'PX', string.format('%.0f', math.floor((micros - now) / 1000) + GRACE))
              end
              answer[#answer + 1] = micros
              answer[#answer + 1] = part
              answer[#answer + 1] = rest
              answer[#answer + 1] = limit.absent
            end
            return answer
            """;

    static final String SERVER_CLOCK = "local time = redis.call('TIME')\n" + "local now = time[1] * 1000000 + time[2]";
    // Rounding up, and what the clock that expires keys may be ahead of TIME.
    static final long GRACE_MILLIS = 11;
    private static final long[] NONE = {};
    private static final int FIXED_ANSWERS = 2;
    private static final int ANSWERS_PER_LIMIT = 4;

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
            for (long argument : charge.algorithm().arguments(charge.cost())) {
                arguments.add(number(argument));
            }
        }
        return arguments;
    }

    Answer read(List<@Nullable Object> answer, boolean take) {
        long verdict = numberAt(answer, 0);
        long now = numberAt(answer, 1);
        if (verdict < 0) {
            return new Answer(now, null, List.of());
        }
        List<State> states = new ArrayList<>();
        List<Boolean> absent = new ArrayList<>();
        for (int i = FIXED_ANSWERS; i < answer.size(); i += ANSWERS_PER_LIMIT) {
            states.add(new State(numberAt(answer, i), numberAt(answer, i + 1), numbersAt(answer, i + 2)));
            absent.add(numberAt(answer, i + 3) == 1);
        }
        return new Answer(now, new Outcome(verdict == 1, verdict == 1 && take, now, states), absent);
    }

    static byte[] number(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    // Each with a colon before it.
    private static long[] numbersAt(List<@Nullable Object> answer, int index) {
        if (!(answer.get(index) instanceof byte[] text) || text.length == 0) {
            return NONE;
        }
        String[] numbers = new String(text, 1, text.length - 1, StandardCharsets.US_ASCII).split(":", -1);
        return Arrays.stream(numbers).mapToLong(Long::parseLong).toArray();
    }

    private static long numberAt(List<@Nullable Object> answer, int index) {
        return (Long) Objects.requireNonNull(answer.get(index), "a number is missing in the answer of Redis");
    }
}
