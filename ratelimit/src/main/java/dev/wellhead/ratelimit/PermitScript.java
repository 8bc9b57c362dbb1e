package dev.wellhead.ratelimit;

import dev.wellhead.redis.RedisScript;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The script that keeps in Redis who is at work: a sorted set of holders by the ends of their leases. */
class PermitScript {
    /*
     * KEYS[1] the set. ARGV: the order, the holder, the last moment at which the answer is still awaited, the lease in
     * microseconds, and how many may be at work.
     *
     *   enter  answers 1; or 0 and the moment at which the first lease is over
     *   renew  answers 1; or 0 if the holder's lease is over
     *   leave  answers how many were removed; whenever it comes
     *
     * Behind the verdict stands Redis' time; -1 if it came too late, having changed nothing. The set expires with the last
     * lease, or up to GRACE milliseconds later.
     */
    private static final String TEXT = """
            CLOCK
            if ARGV[1] == 'leave' then
              return {redis.call('ZREM', KEYS[1], ARGV[2]), now, 0}
            end
            if now > tonumber(ARGV[3]) then
              return {-1, now, 0}
            end
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
            if ARGV[1] == 'renew' then
              if not redis.call('ZSCORE', KEYS[1], ARGV[2]) then
                return {0, now, 0}
              end
            elseif redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[5]) then
              local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
              return {0, now, tonumber(first[2])}
            end
            redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[4])), ARGV[2])
            local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
            redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.floor((tonumber(last[2]) - now) / 1000) + GRACE))
            return {1, now, 0}
            """;

    /** What is asked of the script. */
    enum Order {
        ENTER,
        RENEW,
        LEAVE
    }

    /** What Redis answered: a verdict below zero came too late. */
    record Answer(long verdict, long nowMicros, long firstEndMicros) {}

    private final RedisScript<List<@Nullable Object>> script;

    PermitScript() {
        this(LimitLua.SERVER_CLOCK);
    }

    /**
     * Builds the script on another clock.
     *
     * @param readClock Lua that sets the local {@code now}
     */
    PermitScript(String readClock) {
        script = RedisScript.ofList(
                TEXT.replace("CLOCK", readClock).replace("GRACE", Long.toString(LimitLua.GRACE_MILLIS)));
    }

    RedisScript<List<@Nullable Object>> script() {
        return script;
    }

    List<byte[]> arguments(Order order, byte[] holder, long notAfterMicros, Duration lease, long permits) {
        return List.of(
                order.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII),
                holder,
                Wire.number(notAfterMicros),
                Wire.number(lease.toNanos() / 1_000),
                Wire.number(permits));
    }

    static Answer read(List<@Nullable Object> answer) {
        return new Answer(Wire.numberAt(answer, 0), Wire.numberAt(answer, 1), Wire.numberAt(answer, 2));
    }
}
