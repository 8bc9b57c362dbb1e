package dev.wellhead.ratelimit;

import dev.wellhead.redis.RedisScript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The script that decides in Redis, what it is given, and what it answers. {@link TokenBucket} says the same in Java. */
class BucketScript {
    /*
     * KEYS: one a bucket. ARGV: the last moment at which the answer is still awaited, 1 to take or 0 to peek, then for each
     * bucket what the call takes and what a full bucket is worth, both as whole microseconds and a fraction, and how many
     * fractions make a microsecond. All whole numbers below 2^53.
     *
     * A state is "<micros>" or "<micros>:<fraction>": the moment at which the bucket is full again. It expires then, or
     * up to GRACE milliseconds later: an absent state is a full bucket.
     *
     * Answers -1 and Redis' time if it came too late, having read and written nothing; else 1 or 0, Redis' time, and for
     * each bucket its state, as two numbers, and whether it was absent.
     */
    private static final String TEXT =
            // Atomic: all buckets are charged or none is; touches KEYS only.
            """
            CLOCK
            if now > tonumber(ARGV[1]) then
              return {-1, now}
            end
            local take = ARGV[2] == '1'
            local allowed = true
            local buckets = {}
            for i = 1, #KEYS do
              local at = 5 * i - 2
              local need, need_part = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
              local full, full_part = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
              local parts = tonumber(ARGV[at + 4])
              local stored = redis.call('GET', KEYS[i])
              local debt, debt_part, mended = 0, 0, false
              if stored then
                local micros, part = string.match(stored, '^(%d+):?(%d*)$')
                if not micros then
                  return redis.error_reply('ERR not the state of a bucket')
                end
                debt, debt_part = tonumber(micros) - now, tonumber(part) or 0
                if debt < 0 then
                  debt, debt_part = 0, 0
                elseif debt > full or (debt == full and debt_part > full_part) then
                  debt, debt_part, mended = full, full_part, true
                end
              end
              local after, after_part = debt + need, debt_part + need_part
              if after_part >= parts then
                after, after_part = after + 1, after_part - parts
              end
              if after > full or (after == full and after_part > full_part) then
                allowed = false
              end
              buckets[i] = {debt, debt_part, after, after_part, mended, stored}
            end
            local answer = {allowed and 1 or 0, now}
            for i = 1, #KEYS do
              local bucket = buckets[i]
              local debt, part = bucket[1], bucket[2]
              if allowed and take then
                debt, part = bucket[3], bucket[4]
              end
              if take and (allowed or bucket[5]) then
                local state = string.format('%.0f', now + debt)
                if part > 0 then
                  state = state .. string.format(':%.0f', part)
                end
                redis.call('SET', KEYS[i], state, 'PX', string.format('%.0f', math.floor(debt / 1000) + GRACE))
              end
              answer[#answer + 1] = now + debt
              answer[#answer + 1] = part
              answer[#answer + 1] = bucket[6] and 0 or 1
            end
            return answer
            """;

    private static final String SERVER_CLOCK =
            "local time = redis.call('TIME')\n" + "local now = time[1] * 1000000 + time[2]";
    // Rounding up, and what the clock that expires keys may be ahead of TIME.
    private static final long GRACE_MILLIS = 11;
    private static final int FIXED_ANSWERS = 2;
    private static final int ANSWERS_PER_BUCKET = 3;

    private final RedisScript<List<@Nullable Object>> script;

    /**
     * What Redis answered.
     *
     * @param outcome null if the call came too late
     * @param absent which buckets had no state
     */
    record Answer(long nowMicros, @Nullable Outcome outcome, List<Boolean> absent) {}

    BucketScript() {
        this(SERVER_CLOCK, GRACE_MILLIS, text -> text);
    }

    /**
     * Builds the script on another clock, and with faults that a test must notice.
     *
     * @param readClock Lua that sets the local {@code now}
     */
    BucketScript(String readClock, long graceMillis, UnaryOperator<String> fault) {
        script = RedisScript.ofList(
                fault.apply(TEXT.replace("CLOCK", readClock).replace("GRACE", Long.toString(graceMillis))));
    }

    RedisScript<List<@Nullable Object>> script() {
        return script;
    }

    List<byte[]> arguments(Ask ask, boolean take, long notAfterMicros) {
        List<byte[]> arguments = new ArrayList<>(2 + 5 * ask.charges().size());
        arguments.add(number(notAfterMicros));
        arguments.add(number(take ? 1 : 0));
        for (Ask.Charge charge : ask.charges()) {
            TokenBucket bucket = charge.limit().bucket();
            addTo(arguments, bucket.need(charge.cost()));
            addTo(arguments, bucket.capacity());
            arguments.add(number(bucket.unitsPerMicro()));
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
        for (int i = FIXED_ANSWERS; i < answer.size(); i += ANSWERS_PER_BUCKET) {
            states.add(new Tat(numberAt(answer, i), numberAt(answer, i + 1)));
            absent.add(numberAt(answer, i + 2) == 1);
        }
        return new Answer(now, new Outcome(verdict == 1, now, states), absent);
    }

    static byte[] number(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static void addTo(List<byte[]> arguments, Tat length) {
        arguments.add(number(length.micros()));
        arguments.add(number(length.units()));
    }

    private static long numberAt(List<@Nullable Object> answer, int index) {
        return (Long) Objects.requireNonNull(answer.get(index), "a number is missing in the answer of Redis");
    }
}
