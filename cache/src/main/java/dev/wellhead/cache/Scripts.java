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
    static final long FENCED = 4;

    private Scripts() {}

    private static final String READ = """
            local function read(value_key, lease_key, fence_key, token, lease_ms, deadline, ignored, quiet)
              local value = redis.call('GET', value_key)
              if value and (ignored == '' or ignored ~= 'm' .. string.sub(value, -4)) then
                return {1, value, redis.call('PTTL', value_key)}
              end
              if redis.call('EXISTS', fence_key) == 1 then
                return {4}
              end
              local lease = redis.call('GET', lease_key)
              if lease then
                if #lease == 16 and quiet == '' then
                  redis.call('SET', lease_key, lease .. 'w', 'KEEPTTL')
                end
                return {2, redis.call('PTTL', lease_key), string.sub(lease, 1, 16)}
              end
              local time = redis.call('TIME')
              local now = time[1] * 1000000 + time[2]
              if now > tonumber(deadline) then
                return {3, now}
              end
              redis.call('SET', lease_key, token, 'PX', lease_ms)
              return {0, now}
            end
            """;

    // Reads the value, or takes the lease, or marks the lease as waited for, unless quiet. Takes no lease after the
    // deadline, since nobody would load under it, nor beside a fence. A value whose mark is given counts as absent: it
    // was found unreadable, or is to be replaced.
    // KEYS value, lease, fence. ARGV token, lease ms, deadline in us of Redis time, mark or '', quiet or ''.
    static final RedisScript<List<@Nullable Object>> GET_OR_LEASE = RedisScript.ofList(READ + """
            return read(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
            """);

    // The same for many keys. KEYS value, lease, fence of each. ARGV lease ms, deadline, then token and mark of each.
    static final RedisScript<List<@Nullable Object>> GET_OR_LEASE_ALL = RedisScript.ofList(READ + """
            local replies = {}
            for i = 1, #KEYS / 3 do
              replies[i] = read(KEYS[3 * i - 2], KEYS[3 * i - 1], KEYS[3 * i],
                  ARGV[2 * i + 1], ARGV[1], ARGV[2], ARGV[2 * i + 2], '')
            end
            return replies
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

    // Removes value and lease, so that a load under way cannot store what it read before; lowers a fence; tells all
    // nodes. Returns how many values there were.
    // KEYS value, lease, fence. ARGV channel, message, the fence's token or ''.
    static final RedisScript<Long> INVALIDATE = RedisScript.ofInteger("""
            local values = redis.call('DEL', KEYS[1])
            redis.call('DEL', KEYS[2])
            if ARGV[3] ~= '' then
              redis.call('SREM', KEYS[3], ARGV[3])
            end
            redis.call('PUBLISH', ARGV[1], ARGV[2])
            return values
            """);

    // The same, and raises a fence: nobody gets a lease while one stands.
    // KEYS value, lease, fence. ARGV channel, message, the fence's token, its longest life in ms.
    static final RedisScript<Long> FENCE = RedisScript.ofInteger("""
            local values = redis.call('DEL', KEYS[1])
            redis.call('DEL', KEYS[2])
            redis.call('SADD', KEYS[3], ARGV[3])
            if redis.call('PTTL', KEYS[3]) < tonumber(ARGV[4]) then
              redis.call('PEXPIRE', KEYS[3], ARGV[4])
            end
            redis.call('PUBLISH', ARGV[1], ARGV[2])
            return values
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

    // The generation, and the tags that were invalidated in it with their versions. The clock counts invalidations of
    // tags; those with versions up to the floor are forgotten. If the generation or the clock was evicted or flushed,
    // there is a new generation; if the tags were, the floor rises to the clock.
    private static final String GENERATION_AND_TAGS = """
            local function expire(life)
              if redis.call('PTTL', KEYS[1]) < life / 2 then
                for i = 1, 3 do
                  redis.call('PEXPIRE', KEYS[i], life)
                end
              end
            end
            local function renew(name, life, channel, message)
              redis.call('SET', KEYS[1], name, 'PX', life)
              redis.call('DEL', KEYS[2], KEYS[3])
              redis.call('HSET', KEYS[2], 'clock', 0, 'floor', 0)
              redis.call('PEXPIRE', KEYS[2], life)
              redis.call('PUBLISH', channel, message)
            end
            local function ensure(name, life, channel, message)
              local generation = redis.call('GET', KEYS[1])
              local clock = redis.call('HMGET', KEYS[2], 'clock', 'floor')
              if not generation or not clock[1] then
                renew(name, life, channel, message)
                return name
              end
              if tonumber(clock[1]) > tonumber(clock[2]) and redis.call('EXISTS', KEYS[3]) == 0 then
                redis.call('HSET', KEYS[2], 'floor', clock[1])
              end
              expire(tonumber(life))
              return generation
            end
            local function news(generation, known, since)
              local clock = redis.call('HMGET', KEYS[2], 'clock', 'floor')
              local time = redis.call('TIME')
              local now = time[1] * 1000000 + time[2]
              local reply = {generation, tonumber(clock[1]), tonumber(clock[2]), now}
              local after = '-inf'
              if known == generation then
                after = '(' .. since
              end
              local tags = redis.call('ZRANGEBYSCORE', KEYS[3], after, '+inf', 'WITHSCORES')
              for i = 1, #tags, 2 do
                reply[#reply + 1] = tags[i]
                reply[#reply + 1] = tonumber(tags[i + 1])
              end
              return reply
            end
            """;

    // Returns the generation, the clock, the floor, Redis' time, and what is new since: tags with their versions. Sends
    // a pulse if asked to.
    // KEYS generation, clock, tags.
    // ARGV new name, life ms, channel, message, known generation, known version, pulse or ''.
    static final RedisScript<List<@Nullable Object>> GENERATION = RedisScript.ofList(GENERATION_AND_TAGS + """
            local generation = ensure(ARGV[1], ARGV[2], ARGV[3], ARGV[4])
            if ARGV[7] ~= '' then
              redis.call('PUBLISH', ARGV[3], ARGV[7])
            end
            return news(generation, ARGV[5], ARGV[6])
            """);

    // Replaces the generation, which leaves all values behind; tells all nodes. KEYS and ARGV as above.
    static final RedisScript<List<@Nullable Object>> NEXT_GENERATION = RedisScript.ofList(GENERATION_AND_TAGS + """
            renew(ARGV[1], ARGV[2], ARGV[3], ARGV[4])
            return news(ARGV[1], ARGV[5], ARGV[6])
            """);

    // Invalidates a tag: gives it the next version; tells all nodes. Forgets the older half of the tags if they are too
    // many. KEYS and ARGV as above, then what the message begins with, the tag after its length, how many tags at most.
    static final RedisScript<List<@Nullable Object>> INVALIDATE_TAG = RedisScript.ofList(GENERATION_AND_TAGS + """
            local generation = ensure(ARGV[1], ARGV[2], ARGV[3], ARGV[4])
            local version = redis.call('HINCRBY', KEYS[2], 'clock', 1)
            redis.call('ZADD', KEYS[3], version, string.sub(ARGV[9], 2))
            redis.call('PEXPIRE', KEYS[3], ARGV[2])
            local bound = tonumber(ARGV[10])
            local count = redis.call('ZCARD', KEYS[3])
            if count > bound then
              local last = count - math.floor(bound / 2) - 1
              local floor = redis.call('ZRANGE', KEYS[3], last, last, 'WITHSCORES')[2]
              redis.call('ZREMRANGEBYRANK', KEYS[3], 0, last)
              redis.call('HSET', KEYS[2], 'floor', floor)
            end
            redis.call('PUBLISH', ARGV[3],
                ARGV[8] .. string.char(#generation) .. generation .. ARGV[9] .. string.format('%.0f', version))
            return news(generation, ARGV[5], ARGV[6])
            """);
}
