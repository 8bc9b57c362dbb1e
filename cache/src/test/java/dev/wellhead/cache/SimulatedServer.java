package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wellhead.redis.RedisInsides;
import dev.wellhead.redis.RedisScript;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.VarArgFunction;
import org.luaj.vm2.lib.jse.JsePlatform;

/**
 * A Redis without a network: runs the cache's own Lua scripts on a few commands. Text stands for bytes, one character each.
 */
final class SimulatedServer {
    /** What a server does that others should hear of. */
    interface Observer {
        void published(String channel, byte[] message);

        /** A key ended without anybody's command. */
        void expired(String key);
    }

    private static final long START_MICROS = 1_700_000_000_000_000L;

    private final LongSupplier nanos;
    private final Observer observer;
    private final Globals globals = JsePlatform.standardGlobals();
    private final Map<RedisScript<?>, LuaValue> compiled = new HashMap<>();
    private TreeMap<String, Entry> keys = new TreeMap<>();

    /**
     * A key.
     *
     * @param value a String, a TreeSet, a TreeMap of fields, or a {@link Ranked}
     * @param until when it ends; {@code Long.MAX_VALUE} for never
     */
    record Entry(Object value, long until) {}

    /** A sorted set. */
    static final class Ranked extends TreeMap<String, Double> {
        private static final long serialVersionUID = 1L;

        Ranked(Map<String, Double> scores) {
            super(scores);
        }

        List<Map.Entry<String, Double>> inOrder() {
            return entrySet().stream()
                    .sorted(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry::getKey))
                    .toList();
        }
    }

    SimulatedServer(LongSupplier nanos, Observer observer) {
        this.nanos = nanos;
        this.observer = observer;
        LuaTable redis = new LuaTable();
        redis.set("call", new VarArgFunction() {
            @Override
            public Varargs invoke(Varargs arguments) {
                List<String> words = new ArrayList<>();
                for (int i = 1; i <= arguments.narg(); i++) {
                    words.add(word(arguments.arg(i)));
                }
                return lua(command(words));
            }
        });
        globals.set("redis", redis);
        // LuaJ's own does not know precision.
        globals.get("string").set("format", new VarArgFunction() {
            @Override
            public Varargs invoke(Varargs arguments) {
                if (!arguments.arg1().tojstring().equals("%.0f")) {
                    throw new AssertionError("only %.0f is simulated");
                }
                return LuaValue.valueOf(
                        Long.toString(Math.round(arguments.arg(2).todouble())));
            }
        });
    }

    /** Runs a script; returns what a client would get of it. */
    Object run(RedisScript<?> script, List<byte[]> names, List<byte[]> arguments) {
        LuaValue chunk = compiled.computeIfAbsent(
                script,
                absent -> globals.load(
                        new ByteArrayInputStream(RedisInsides.source(script).getBytes(UTF_8)), "script", "t", globals));
        globals.set("KEYS", table(names));
        globals.set("ARGV", table(arguments));
        LuaValue result = chunk.call();
        Object reply = reply(result);
        return RedisInsides.returnsList(script) && reply == null ? List.of() : reply;
    }

    /** Returns all keys that have not ended. */
    Map<String, Entry> keys() {
        for (String key : List.copyOf(keys.keySet())) {
            live(key);
        }
        return keys;
    }

    void remove(String key) {
        keys.remove(key);
    }

    void flush() {
        keys.clear();
    }

    TreeMap<String, Entry> copy() {
        return new TreeMap<>(keys);
    }

    /** Puts back what there was: a replica that had not heard of the rest. */
    void restore(TreeMap<String, Entry> before) {
        keys = new TreeMap<>(before);
    }

    private static LuaTable table(List<byte[]> values) {
        LuaTable table = new LuaTable();
        for (int i = 0; i < values.size(); i++) {
            table.set(i + 1, LuaString.valueOf(values.get(i)));
        }
        return table;
    }

    private static String word(LuaValue value) {
        if (value.type() == LuaValue.TNUMBER) {
            double number = value.todouble();
            return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
        }
        LuaString string = value.checkstring();
        return new String(string.m_bytes, string.m_offset, string.m_length, ISO_8859_1);
    }

    private static LuaValue lua(Object value) {
        if (value == null) {
            return LuaValue.FALSE;
        } else if (value instanceof Long number) {
            return LuaValue.valueOf((double) number);
        } else if (value instanceof String text) {
            return LuaString.valueOf(text.getBytes(ISO_8859_1));
        }
        LuaTable table = new LuaTable();
        List<?> list = (List<?>) value;
        for (int i = 0; i < list.size(); i++) {
            table.set(i + 1, lua(list.get(i)));
        }
        return table;
    }

    private static Object reply(LuaValue value) {
        if (value.isnil() || value.type() == LuaValue.TBOOLEAN) {
            return value.toboolean() ? (Object) 1L : null;
        } else if (value.type() == LuaValue.TNUMBER) {
            return (long) value.todouble();
        } else if (value.type() == LuaValue.TSTRING) {
            return word(value).getBytes(ISO_8859_1);
        }
        List<Object> list = new ArrayList<>();
        for (int i = 1; !value.get(i).isnil(); i++) {
            list.add(reply(value.get(i)));
        }
        return list;
    }

    private Object command(List<String> words) {
        String key = words.size() > 1 ? words.get(1) : "";
        return switch (words.get(0)) {
            case "TIME" -> {
                long micros = START_MICROS + nanos.getAsLong() / 1000;
                yield List.of(Long.toString(micros / 1_000_000), Long.toString(micros % 1_000_000));
            }
            case "GET" -> value(key, String.class);
            case "EXISTS" -> live(key) == null ? 0L : 1L;
            case "PTTL" -> {
                Entry entry = live(key);
                yield entry == null
                        ? -2L
                        : entry.until() == Long.MAX_VALUE
                                ? -1L
                                : TimeUnit.NANOSECONDS.toMillis(entry.until() - nanos.getAsLong());
            }
            case "PEXPIRE" -> {
                Entry entry = live(key);
                if (entry == null) {
                    yield 0L;
                }
                keys.put(key, new Entry(entry.value(), until(words.get(2))));
                yield 1L;
            }
            case "SET" -> set(key, words);
            case "DEL" ->
                words.subList(1, words.size()).stream()
                        .filter(name -> live(name) != null && keys.remove(name) != null)
                        .count();
            case "PUBLISH" -> {
                observer.published(key, words.get(2).getBytes(ISO_8859_1));
                yield 1L;
            }
            case "SADD" -> {
                TreeSet<String> members = members(key);
                long added = members.addAll(words.subList(2, words.size())) ? 1L : 0L;
                keep(key, members);
                yield added;
            }
            case "SREM" -> {
                TreeSet<String> members = members(key);
                long removed = members.removeAll(words.subList(2, words.size())) ? 1L : 0L;
                keep(key, members);
                yield removed;
            }
            case "HSET" -> {
                TreeMap<String, String> fields = fields(key);
                for (int i = 2; i < words.size(); i += 2) {
                    fields.put(words.get(i), words.get(i + 1));
                }
                keep(key, fields);
                yield (words.size() - 2) / 2L;
            }
            case "HMGET" -> {
                TreeMap<String, String> fields = fields(key);
                List<Object> values = new ArrayList<>();
                words.subList(2, words.size()).forEach(field -> values.add(fields.get(field)));
                yield values;
            }
            case "HINCRBY" -> {
                TreeMap<String, String> fields = fields(key);
                long sum = Long.parseLong(fields.getOrDefault(words.get(2), "0")) + Long.parseLong(words.get(3));
                fields.put(words.get(2), Long.toString(sum));
                keep(key, fields);
                yield sum;
            }
            case "ZADD" -> {
                Ranked ranked = ranked(key);
                long added = ranked.put(words.get(3), Double.valueOf(words.get(2))) == null ? 1L : 0L;
                keep(key, ranked);
                yield added;
            }
            case "ZCARD" -> (long) ranked(key).size();
            case "ZRANGE" -> {
                List<Map.Entry<String, Double>> all = ranked(key).inOrder();
                int to = Math.min(all.size() - 1, Integer.parseInt(words.get(3)));
                yield withScores(all.subList(Math.min(Integer.parseInt(words.get(2)), to + 1), to + 1));
            }
            case "ZREMRANGEBYRANK" -> {
                Ranked ranked = ranked(key);
                List<Map.Entry<String, Double>> all = ranked.inOrder();
                int to = Math.min(all.size() - 1, Integer.parseInt(words.get(3)));
                all.subList(Integer.parseInt(words.get(2)), to + 1).forEach(entry -> ranked.remove(entry.getKey()));
                keep(key, ranked);
                yield 0L;
            }
            case "ZRANGEBYSCORE" -> {
                String from = words.get(2);
                double above = from.equals("-inf") ? Double.NEGATIVE_INFINITY : Double.parseDouble(from.substring(1));
                yield withScores(ranked(key).inOrder().stream()
                        .filter(entry -> entry.getValue() > above)
                        .toList());
            }
            default -> throw new AssertionError("not simulated: " + words.get(0));
        };
    }

    private Object set(String key, List<String> words) {
        Entry before = live(key);
        long until = Long.MAX_VALUE;
        for (int i = 3; i < words.size(); i++) {
            switch (words.get(i)) {
                case "PX" -> until = until(words.get(++i));
                case "KEEPTTL" -> until = before == null ? Long.MAX_VALUE : before.until();
                default -> throw new AssertionError("not simulated: SET " + words.get(i));
            }
        }
        keys.put(key, new Entry(words.get(2), until));
        return "OK";
    }

    private long until(String millis) {
        return nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(millis));
    }

    private Entry live(String key) {
        Entry entry = keys.get(key);
        if (entry != null && entry.until() <= nanos.getAsLong()) {
            keys.remove(key);
            observer.expired(key);
            return null;
        }
        return entry;
    }

    private <T> T value(String key, Class<T> type) {
        Entry entry = live(key);
        return entry == null ? null : type.cast(entry.value());
    }

    @SuppressWarnings("unchecked") // As keep() was given it.
    private TreeSet<String> members(String key) {
        Set<String> members = value(key, TreeSet.class);
        return members == null ? new TreeSet<>() : new TreeSet<>(members);
    }

    @SuppressWarnings("unchecked") // As keep() was given it.
    private TreeMap<String, String> fields(String key) {
        Map<String, String> fields = value(key, TreeMap.class);
        return fields == null ? new TreeMap<>() : new TreeMap<>(fields);
    }

    private Ranked ranked(String key) {
        Ranked ranked = value(key, Ranked.class);
        return new Ranked(ranked == null ? Map.of() : ranked);
    }

    private void keep(String key, Object value) {
        boolean empty =
                value instanceof java.util.Collection<?> members ? members.isEmpty() : ((Map<?, ?>) value).isEmpty();
        Entry before = live(key);
        if (empty) {
            keys.remove(key);
        } else {
            keys.put(key, new Entry(value, before == null ? Long.MAX_VALUE : before.until()));
        }
    }

    private static List<Object> withScores(List<Map.Entry<String, Double>> entries) {
        List<Object> list = new ArrayList<>();
        for (Map.Entry<String, Double> entry : entries) {
            list.add(entry.getKey());
            list.add(Long.toString(Math.round(entry.getValue())));
        }
        return list;
    }
}
