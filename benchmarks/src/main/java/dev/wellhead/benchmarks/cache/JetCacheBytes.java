package dev.wellhead.benchmarks.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.alicp.jetcache.CacheValueHolder;
import com.alicp.jetcache.support.JavaValueDecoder;
import com.alicp.jetcache.support.JavaValueEncoder;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What JetCache writes to Redis: a text with its times in as few bytes as that takes, so that it does not pay for Java
 * serialization, which is its default; and messages to other nodes, which do.
 */
final class JetCacheBytes {
    private static final byte TEXT = 1;
    private static final byte OBJECT = 2;

    private JetCacheBytes() {}

    static byte[] encode(Object value) {
        if (value instanceof CacheValueHolder<?> holder && holder.getValue() instanceof String text) {
            byte[] bytes = text.getBytes(UTF_8);
            return ByteBuffer.allocate(1 + 2 * Long.BYTES + bytes.length)
                    .put(TEXT)
                    .putLong(holder.getExpireTime())
                    .putLong(holder.getAccessTime())
                    .put(bytes)
                    .array();
        }
        byte[] bytes = JavaValueEncoder.INSTANCE.apply(value);
        return ByteBuffer.allocate(1 + bytes.length).put(OBJECT).put(bytes).array();
    }

    static Object decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.get() == OBJECT) {
            return JavaValueDecoder.INSTANCE.apply(Arrays.copyOfRange(bytes, 1, bytes.length));
        }
        CacheValueHolder<String> holder = new CacheValueHolder<>();
        holder.setExpireTime(buffer.getLong());
        holder.setAccessTime(buffer.getLong());
        holder.setValue(UTF_8.decode(buffer).toString());
        return holder;
    }
}
