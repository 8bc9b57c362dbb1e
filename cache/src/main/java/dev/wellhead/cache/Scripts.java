package dev.wellhead.cache;

import dev.wellhead.redis.RedisScript;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that changes a key in Redis. A lease is a string: the 16 bytes of its token, and one more byte once somebody
 * waits for it.
 */
final class Scripts {
    static final long LEASED = 0;
    static final long HIT = 1;
    static final long BUSY = 2;
    static final long LATE = 3;

    private Scripts() {}

    // Reads the value, or takes the lease, or marks the lease as waited for. Takes no lease after the deadline, since
    // nobody would load under it. A value whose SHA-1 is given was found unreadable and counts as absent.
    // KEYS value, lease. ARGV token, lease ms, deadline in us of Redis time, SHA-1 or ''.
    static final RedisScript<List<@Nullable Object>> GET_OR_LEASE = RedisScript.ofList("""
            local value = redis.call('GET', KEYS[1])
            if value and (ARGV[4] == '' or redis.sha1hex(value) ~= ARGV[4]) then
              return {1, value, redis.call('PTTL', KEYS[1])}
            end
            local lease = redis.call('GET', KEYS[2])
            if lease then
              if #lease == 16 then
                redis.call('SET', KEYS[2], lease .. 'w', 'KEEPTTL')
              end
              return {2, redis.call('PTTL', KEYS[2]), string.sub(lease, 1, 16)}
            end
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            if now > tonumber(ARGV[3]) then
              return {3, now}
            end
            redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
            return {0, now}
            """);

    // Reads the value. KEYS value.
    static final RedisScript<List<@Nullable Object>> PEEK = RedisScript.ofList("""
            local value = redis.call('GET', KEYS[1])
            if not value then
              return {0}
            end
            return {1, value, redis.call('PTTL', KEYS[1])}
            """);

    // Stores the value and frees the lease, if the lease is still the caller's; tells those who wait.
    // KEYS value, lease. ARGV token, value, life ms, channel, message.
    static final RedisScript<Long> FILL = RedisScript.ofInteger("""
            local lease = redis.call('GET', KEYS[2])
            if not lease or string.sub(lease, 1, 16) ~= ARGV[1] then
              return 0
            end
            redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
            redis.call('DEL', KEYS[2])
            if #lease > 16 then
              redis.call('PUBLISH', ARGV[4], ARGV[5])
            end
            return 1
            """);

    // Frees the lease, if it is still the caller's; tells those who wait. KEYS lease. ARGV token, channel, message.
    static final RedisScript<Long> ABANDON = RedisScript.ofInteger("""
            local lease = redis.call('GET', KEYS[1])
            if not lease or string.sub(lease, 1, 16) ~= ARGV[1] then
              return 0
            end
            redis.call('DEL', KEYS[1])
            if #lease > 16 then
              redis.call('PUBLISH', ARGV[2], ARGV[3])
            end
            return 1
            """);

    // Lengthens the lease, if it is still the caller's. KEYS lease. ARGV token, lease ms.
    static final RedisScript<Long> RENEW = RedisScript.ofInteger("""
            local lease = redis.call('GET', KEYS[1])
            if not lease or string.sub(lease, 1, 16) ~= ARGV[1] then
              return 0
            end
            return redis.call('PEXPIRE', KEYS[1], ARGV[2])
            """);

    // Removes value and lease, so that a load under way cannot store what it read before; tells all nodes.
    // KEYS value, lease. ARGV channel, message.
    static final RedisScript<Long> INVALIDATE = RedisScript.ofInteger("""
            redis.call('DEL', KEYS[1], KEYS[2])
            redis.call('PUBLISH', ARGV[1], ARGV[2])
            return 1
            """);

    // Stores the value whoever loads, and ends that load's lease; tells all nodes. After the deadline it only removes,
    // since a newer value may have been put. KEYS value, lease. ARGV value, life ms, deadline in us, channel, message.
    static final RedisScript<List<@Nullable Object>> PUT = RedisScript.ofList("""
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            redis.call('DEL', KEYS[1], KEYS[2])
            redis.call('PUBLISH', ARGV[4], ARGV[5])
            if now > tonumber(ARGV[3]) then
              return {3, now}
            end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return {1, now}
            """);

    // Returns the generation; makes one if there is none, since it was evicted or flushed, and tells all nodes. Sends a
    // pulse if asked to. KEYS generation. ARGV new one, life ms, channel, message, pulse or ''.
    static final RedisScript<byte @Nullable []> GENERATION = RedisScript.ofBytes("""
            local generation = redis.call('GET', KEYS[1])
            if generation then
              redis.call('PEXPIRE', KEYS[1], ARGV[2])
            else
              generation = ARGV[1]
              redis.call('SET', KEYS[1], generation, 'PX', ARGV[2])
              redis.call('PUBLISH', ARGV[3], ARGV[4])
            end
            if ARGV[5] ~= '' then
              redis.call('PUBLISH', ARGV[3], ARGV[5])
            end
            return generation
            """);

    // Replaces the generation, which leaves all values behind; tells all nodes. KEYS generation. ARGV as above.
    static final RedisScript<byte @Nullable []> NEXT_GENERATION = RedisScript.ofBytes("""
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            redis.call('PUBLISH', ARGV[3], ARGV[4])
            return ARGV[1]
            """);
}
