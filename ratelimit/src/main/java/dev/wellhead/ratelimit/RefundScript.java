package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Receipt.Charged;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The script that gives back what a call took. {@link Algorithm#refund} says the same in Java. */
class RefundScript extends LimitLua {
    /*
     * KEYS: one a limit. ARGV: the last moment at which the answer is still awaited, then for each limit the call, as
     * LimitLua says, and the two numbers of the state that it left behind.
     *
     * Answers 1, Redis' time, and for each limit its state.
     */
    private static final String TEXT =
            // Each returns the new state, or nothing if there is nothing to give back.
            """
            local function token_bucket_back(at, micros, part, rest, place, place_part)
              local need, need_part, parts = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 4])
              local full, full_part = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
              local debt, debt_part, all, first = owed(parts, micros, part, rest)
              local end_place = now + debt + all
              if end_place < place or (end_place == place and debt_part < place_part) then
                return
              end
              local last = end_place == place and debt_part == place_part
              first = tonumber(first) or 0
              if debt > full or (debt == full and debt_part > full_part) then
                debt, debt_part = full, full_part
              end
              local unpaid = place - now
              if all > 0 and place >= first then
                unpaid = unpaid - all
              end
              if unpaid < need or (unpaid == need and place_part < need_part) then
                need, need_part = unpaid, 0
              end
              if debt < need or (debt == need and debt_part < need_part) then
                need, need_part = debt, 0
              end
              if need < 0 or (need == 0 and need_part == 0) then
                return
              end
              debt, debt_part = debt - need, debt_part - need_part
              if debt_part < 0 then
                debt, debt_part = debt - 1, debt_part + parts
              end
              if not last then
                first = all > 0 and math.min(first, place) or place
                all = all + need + (need_part > 0 and 1 or 0)
              end
              return now + debt + all, debt_part, tail(parts, debt_part, all, first)
            end
            local function leaky_queue_back(at, micros, part, rest, place, place_part)
              local debt, debt_part = owed(tonumber(ARGV[at + 4]), micros, part, rest)
              if now + debt == place and debt_part == place_part then
                return token_bucket_back(at, micros, part, rest, place, place_part)
              end
            end
            local function left(used, cost)
              return used > cost and used - cost or 0
            end
            local function fixed_window_back(at, last, used, rest, place)
              if last == place then
                used = left(used, tonumber(ARGV[at]))
                return used > 0 and last or now, used, ''
              end
            end
            local function sliding_counter_back(at, last, taken, rest, place)
              local cost, length = tonumber(ARGV[at]), tonumber(ARGV[at + 2])
              local previous = tonumber(string.sub(rest, 2))
              if last == place then
                taken = left(taken, cost)
              elseif last == place + length then
                previous = left(previous, cost)
              else
                return
              end
              if taken + previous == 0 then
                return now, 0, ''
              end
              return last, taken, string.format(':%.0f', previous)
            end
            local function sliding_log_back(at, last, taken, rest, place)
              local cost, length = tonumber(ARGV[at]), tonumber(ARGV[at + 2])
              local times, counts, found = {last + 1 - length}, {taken}, nil
              for gap, count in string.gmatch(rest, ':(%d+):(%d+)') do
                times[#times + 1], counts[#counts + 1] = times[#times] - gap, tonumber(count)
              end
              for i = 1, #times do
                if times[i] == place + 1 - length then
                  found = i
                end
              end
              if not found then
                return
              end
              counts[found] = left(counts[found], cost)
              if counts[found] == 0 then
                table.remove(times, found)
                table.remove(counts, found)
              end
              if #times == 0 then
                return now, 0, ''
              end
              rest = ''
              for i = 2, #times do
                rest = rest .. string.format(':%.0f:%.0f', times[i - 1] - times[i], counts[i])
              end
              return times[1] + length - 1, counts[1], rest
            end
            local refunds = {
              ['0'] = token_bucket_back, ['1'] = fixed_window_back, ['2'] = sliding_counter_back, ['3'] = sliding_log_back,
              ['4'] = leaky_queue_back}
            local answer = {1, now}
            local at = 2
            for i = 1, #KEYS do
              local algorithm, behind = ARGV[at], at + length(ARGV[at])
              local micros, part, rest = read(KEYS[i])
              if micros and (micros > now or (micros == now and part > 0)) then
                local after, after_part, after_rest =
                    refunds[algorithm](at + 1, micros, part, rest, tonumber(ARGV[behind]), tonumber(ARGV[behind + 1]))
                if after then
                  micros, part, rest = after, after_part, after_rest
                  if micros > now or (micros == now and part > 0) then
                    write(KEYS[i], micros, part, rest)
                  else
                    redis.call('DEL', KEYS[i])
                  end
                end
              else
                micros, part, rest = now, 0, ''
              end
              answer[#answer + 1] = micros
              answer[#answer + 1] = part
              answer[#answer + 1] = rest
              at = behind + 2
            end
            return answer
            """;

    private static final int FIXED_ANSWERS = 2;
    private static final int ANSWERS_PER_LIMIT = 3;

    /**
     * What Redis answered.
     *
     * @param states how the limits stand now; null if it came too late, and gave nothing back
     */
    record Answer(long nowMicros, @Nullable List<State> states) {}

    RefundScript() {
        this(SERVER_CLOCK, GRACE_MILLIS, text -> text);
    }

    /**
     * Builds the script on another clock, and with faults that a test must notice.
     *
     * @param readClock Lua that sets the local {@code now}
     */
    RefundScript(String readClock, long graceMillis, UnaryOperator<String> fault) {
        super(TEXT, readClock, graceMillis, fault);
    }

    List<byte[]> arguments(List<Charged> charged, long notAfterMicros) {
        List<byte[]> arguments = new ArrayList<>(1 + 8 * charged.size());
        arguments.add(Wire.number(notAfterMicros));
        for (Charged each : charged) {
            Wire.addCall(arguments, each.charge());
            arguments.add(Wire.number(each.state().micros()));
            arguments.add(Wire.number(each.state().units()));
        }
        return arguments;
    }

    Answer read(List<@Nullable Object> answer) {
        long now = Wire.numberAt(answer, 1);
        if (Wire.numberAt(answer, 0) < 0) {
            return new Answer(now, null);
        }
        List<State> states = new ArrayList<>();
        for (int i = FIXED_ANSWERS; i < answer.size(); i += ANSWERS_PER_LIMIT) {
            states.add(Wire.stateAt(answer, i));
        }
        return new Answer(now, states);
    }
}
