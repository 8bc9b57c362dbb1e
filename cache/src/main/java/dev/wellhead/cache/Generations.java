package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wellhead.redis.RedisScript;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The generation of the cache's values, as far as this node knows, and the tags that were invalidated in it. */
final class Generations implements Judge.TagTables {
    /*
     * The generation is a random name that is part of every key. Another name leaves all values behind. It is read at the
     * start, once a second, whenever the channel comes back or says so, and after each write. An answer is taken only if it
     * was asked for later than the one before. Each answer brings what is new about tags as well; as these only grow, the
     * order of answers about the same generation does not matter.
     *
     * A table is of one generation only. A value remembers the table by which its version counts, and is good only while
     * that is the current one: so what was read before a change and is judged after it counts as absent, though the new
     * table knows nothing against it.
     *
     * Who hears the channel again may have missed tags, which values from Redis are judged by; who hears of another
     * generation knows that its own has gone. What was known is doubted then, and readers have no generation, until an
     * answer is here that was asked for afterwards. To ask is not enough: the question may be lost.
     */
    private static final int REMEMBERED_TAGS = 10_000;

    private final FarTerms terms;
    private final byte[] life;
    private final Runnable changed;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicReference<@Nullable Generation> current = new AtomicReference<>();
    // The last question before the doubt.
    private final AtomicLong doubted = new AtomicLong();
    // Before the first answer. Values that come meanwhile are kept briefly; those with tags are forgotten with it.
    private final TagTable noTags = new TagTable(REMEMBERED_TAGS);

    /** @param changed run whenever all earlier values count as absent from now on */
    Generations(FarTerms terms, Lifetimes lifetimes, Staleness staleness, Runnable changed) {
        this.terms = terms;
        this.changed = changed;
        // Longer than any value is kept: values of a generation that was forgotten could otherwise come back.
        long kept = new Meta(lifetimes.nanos(), staleness.graceNanos(), 0, Tags.NONE).keptNanos();
        life = FarTerms.millis(Math.max(TimeUnit.DAYS.toNanos(7), kept > Long.MAX_VALUE / 2 ? kept : 2 * kept));
    }

    /** Returns the generation; empty if it is not known, or what is known of it may be old. */
    Optional<Generation> known() {
        Generation known = current.get();
        return known == null || known.asked() <= doubted.get() ? Optional.empty() : Optional.of(known);
    }

    /** Messages may have been missed: from now on nothing is believed that was asked for before. */
    void doubt() {
        doubted.set(asked.get());
    }

    /** What is known has changed, or may have: believes nothing of it any more, and asks without waiting. */
    void askAgain() {
        doubt();
        refresh(false);
    }

    @Override
    public TagTable current() {
        Generation known = current.get();
        return known == null ? noTags : known.tags();
    }

    /** Asks for the generation, without waiting; with a pulse for the channel if wanted. */
    CompletionStage<Generation> refresh(boolean withPulse) {
        byte[] pulse = withPulse ? terms.message(Message.Kind.PULSE, null) : FarTerms.NOTHING;
        return ask(Scripts.GENERATION, pulse, List.of());
    }

    /** Starts a new generation. */
    CompletionStage<Generation> next() {
        return ask(Scripts.NEXT_GENERATION, FarTerms.NOTHING, List.of());
    }

    /** Invalidates a tag, in whatever generation there is. */
    CompletionStage<Generation> invalidateTag(String tag) {
        byte[] name = tag.getBytes(UTF_8);
        byte[] counted = ByteBuffer.allocate(1 + name.length)
                .put((byte) name.length)
                .put(name)
                .array();
        return ask(
                Scripts.INVALIDATE_TAG,
                FarTerms.NOTHING,
                List.of(terms.message(Message.Kind.TAG, null), counted, FarTerms.digits(REMEMBERED_TAGS)));
    }

    /** Another node invalidated a tag. */
    void heardTag(byte[] generationTagAndVersion) {
        try {
            ByteBuffer in = ByteBuffer.wrap(generationTagAndVersion);
            byte[] generation = new byte[in.get() & 0xff];
            in.get(generation);
            byte[] tag = new byte[in.get() & 0xff];
            in.get(tag);
            byte[] version = new byte[in.remaining()];
            in.get(version);
            Generation known = current.get();
            if (known == null || !known.name().equals(new String(generation, US_ASCII))) {
                askAgain();
                return;
            }
            if (known.tags().note(new String(tag, UTF_8), Long.parseLong(new String(version, US_ASCII)))) {
                return;
            }
        } catch (RuntimeException malformed) {
            // Whoever sent it: what is true stands in Redis.
            terms.announcer().redisFailed(malformed);
        }
        refresh(false);
    }

    private CompletionStage<Generation> ask(
            RedisScript<List<@Nullable Object>> script, byte[] pulse, List<byte[]> more) {
        long number = asked.incrementAndGet();
        byte[] fresh = Long.toUnsignedString(terms.random().nextLong(), Character.MAX_RADIX)
                .getBytes(US_ASCII);
        byte[] changedMessage = terms.message(Message.Kind.GENERATION, null);
        Generation known = current.get();
        byte[] knownName = known == null ? FarTerms.NOTHING : known.name().getBytes(US_ASCII);
        byte[] knownVersion = FarTerms.digits(known == null ? 0 : known.tags().known());
        List<byte[]> arguments =
                new ArrayList<>(List.of(fresh, life, terms.channel(), changedMessage, knownName, knownVersion, pulse));
        arguments.addAll(more);
        List<byte[]> keys = terms.keys().generationAndTags();
        return terms.redis().runAsync(script, keys, arguments).thenApply(reply -> {
            // Else a node that only reads would never learn how the two clocks drift.
            terms.redis().clock(keys.get(0)).observe(FarTerms.number(reply, 3));
            return adopt(text(reply, 0, US_ASCII), number, reply);
        });
    }

    /** Returns the generation of the answer, whether it is the current one or, since then, not any more. */
    private Generation adopt(String name, long number, List<@Nullable Object> reply) {
        while (true) {
            Generation before = current.get();
            if (before != null && before.name().equals(name)) {
                advance(before.tags(), reply);
                Generation same = new Generation(name, Math.max(number, before.asked()), before.tags());
                if (before.asked() >= number || current.compareAndSet(before, same)) {
                    return same;
                }
                continue;
            }
            TagTable tags = new TagTable(REMEMBERED_TAGS);
            advance(tags, reply);
            Generation other = new Generation(name, number, tags);
            if (before != null && before.asked() > number) {
                // Asked earlier and answered later: which of the two Redis has now cannot be told.
                askAgain();
                return other;
            }
            if (current.compareAndSet(before, other)) {
                if (before != null) {
                    changed.run();
                }
                return other;
            }
        }
    }

    private static void advance(TagTable tags, List<@Nullable Object> reply) {
        List<Map.Entry<String, Long>> news = new ArrayList<>();
        for (int i = 4; i + 1 < reply.size(); i += 2) {
            news.add(Map.entry(text(reply, i, UTF_8), FarTerms.number(reply, i + 1)));
        }
        tags.advance(FarTerms.number(reply, 1), FarTerms.number(reply, 2), news);
    }

    private static String text(List<@Nullable Object> reply, int index, Charset charset) {
        if (reply.get(index) instanceof byte[] bytes) {
            return new String(bytes, charset);
        }
        throw new AssertionError("the script returns text at " + index);
    }
}
