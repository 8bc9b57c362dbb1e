package dev.wellhead.ratelimit;

import dev.wellhead.redis.RedisScript;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A script on the states of limits. What all of them have in common stands here: how states are read and written,
 * and each {@link Algorithm}.
 */
abstract class LimitLua {
    /*
     * ARGV[1] is the last moment at which the answer is still awaited; behind it is what each script says. A call to a
     * limit is the number of the limit's algorithm and
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
     * when it expires, up to GRACE milliseconds later: an absent state says that nothing was taken. In Lua it is two numbers
     * and the text behind them.
     *
     * Answers -1 and Redis' time if it came too late, having read and written nothing.
     */
    private static final String TEXT =
            // A bucket's fraction in other parts than its own is rounded up.
            """
            CLOCK
            if now > tonumber(ARGV[1]) then
              return {-1, now}
            end
            local function owed(parts, micros, part, rest)
              local theirs, sooner, first = string.match(rest, '^:(%d+):?(%d*):?(%d*)$')
              sooner = tonumber(sooner) or 0
              if part > 0 and tonumber(theirs) ~= parts then
                return micros + 1 - sooner - now, 0, sooner, first, true
              end
              return micros - sooner - now, part, sooner, first, false
            end
            local function tail(parts, part, sooner, first)
              if sooner > 0 then
                return string.format(':%.0f:%.0f:%.0f', parts, sooner, first)
              end
              return part > 0 and string.format(':%.0f', parts) or ''
            end
            local NO_STATE = 'not the state of a limit'
            local function read(key)
              local stored = redis.call('GET', key)
              if not stored then
                return
              end
              local micros, part, rest = string.match(stored, '^(%d+):?(%d*)([%d:]*)$')
              if not micros then
                error(NO_STATE)
              end
              return tonumber(micros), tonumber(part) or 0, rest
            end
            local function write(key, micros, part, rest)
              local state = string.format('%.0f', micros)
              if part > 0 or rest ~= '' then
                state = state .. string.format(':%.0f', part) .. rest
              end
              redis.call('SET', key, state, 'PX', string.format('%.0f', math.floor((micros - now) / 1000) + GRACE))
            end
            local function length(algorithm)
              return algorithm == '0' and 6 or algorithm == '4' and 8 or 4
            end
            """;

    /** Each {@link Algorithm}, for scripts that decide. */
    static final String DECIDE =
            // Each algorithm is given where its arguments are, and the state. It returns whether the call fits, the
            // state before and after it, and whether the state before has to be mended. One is made when it is first
            // asked for: making all of them takes Redis longer than deciding.
            """
            local function algorithm(number)
              if number == '0' or number == '4' then
                local function token_bucket(at, micros, part, rest, room, room_part)
                  local need, need_part = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
                  local full, full_part = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
                  local parts = tonumber(ARGV[at + 4])
                  local debt, debt_part, sooner, first, rounded, mended = 0, 0, 0, '', false, false
                  local before, before_part, before_rest = now, 0, ''
                  if micros and (micros > now or (micros == now and part > 0)) then
                    before, before_part, before_rest = micros, part, rest
                    debt, debt_part, sooner, first, rounded = owed(parts, micros, part, rest)
                    if debt < 0 then
                      debt, debt_part = 0, 0
                    elseif debt > full or (debt == full and debt_part > full_part) then
                      mended = not rounded or debt > full + math.min(full_part, 1)
                      debt, debt_part = full, full_part
                    end
                    if mended then
                      before, before_part = now + full + sooner, full_part
                      before_rest = tail(parts, full_part, sooner, first)
                    end
                  end
                  local after, after_part = debt + need, debt_part + need_part
                  if after_part >= parts then
                    after, after_part = after + 1, after_part - parts
                  end
                  room, room_part = room or full, room_part or full_part
                  local fits = after < room or (after == room and after_part <= room_part)
                  return fits, before, before_part, before_rest,
                      now + after + sooner, after_part, tail(parts, after_part, sooner, first), mended
                end
                if number == '0' then
                  return token_bucket
                end
                return function(at, micros, part, rest)
                  return token_bucket(at, micros, part, rest, tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6]))
                end
              elseif number == '1' then
                return function(at, last, used)
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
              elseif number == '2' then
                return function(at, last, taken, rest)
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
              end
              return function(at, last, taken, rest)
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
            end
            local made = {}
            local function decide(at, micros, part, rest)
              local number = ARGV[at]
              local known = made[number]
              if not known then
                known = algorithm(number)
                made[number] = known
              end
              return known(at + 1, micros, part, rest)
            end
            """;

    static final String SERVER_CLOCK = "local time = redis.call('TIME')\n" + "local now = time[1] * 1000000 + time[2]";
    // Rounding up, and what the clock that expires keys may be ahead of TIME.
    static final long GRACE_MILLIS = 11;

    private final RedisScript<List<@Nullable Object>> script;

    /**
     * Builds a script on some clock, and perhaps with faults that a test must notice.
     *
     * @param text what is its own
     * @param readClock Lua that sets the local {@code now}
     */
    LimitLua(String text, String readClock, long graceMillis, UnaryOperator<String> fault) {
        String common = TEXT.replace("CLOCK", readClock).replace("GRACE", Long.toString(graceMillis));
        script = RedisScript.ofList(fault.apply(common + text));
    }

    RedisScript<List<@Nullable Object>> script() {
        return script;
    }
}
