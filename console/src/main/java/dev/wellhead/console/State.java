package dev.wellhead.console;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the page is told. Thread-safe, never blocks. */
final class State {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);

    private final String title;
    private final List<Card> cards;
    private final History history;
    private final Sampler sampler;
    private final Clock clock;
    private final long periodMillis;
    private final int samples;

    State(
            String title,
            List<Card> cards,
            History history,
            Sampler sampler,
            Clock clock,
            long periodNanos,
            int samples) {
        this.title = title;
        this.cards = cards;
        this.history = history;
        this.sampler = sampler;
        this.clock = clock;
        this.periodMillis = TimeUnit.NANOSECONDS.toMillis(periodNanos);
        this.samples = samples;
    }

    String summary() {
        return title + ", " + cards.size() + " parts";
    }

    /** Answers {@code api/state?since=n}: how everything is, and the samples behind the first n. */
    Map<String, @Nullable Object> now(Map<String, String> query) {
        History.Slice slice = history.since(Query.number(query, "since", 0));
        List<Map<String, @Nullable Object>> shown = new ArrayList<>();
        for (int i = 0; i < cards.size(); i++) {
            Card card = cards.get(i);
            Map<String, @Nullable Object> one = Json.object("id", id(card), "kind", card.kind(), "name", card.name());
            try {
                one.put("now", card.now());
            } catch (RuntimeException e) {
                LOG.debug(
                        "console: {} cannot be shown: {}",
                        id(card),
                        e.getClass().getName());
                one.put("error", Failures.say(e));
            }
            one.put("series", series(card, slice.values().get(i)));
            shown.add(one);
        }
        return Json.object(
                "title",
                title,
                "now",
                clock.instant(),
                "uptimeMs",
                sampler.uptimeMillis(),
                "periodMs",
                periodMillis,
                "samples",
                samples,
                "end",
                slice.end(),
                "moments",
                slice.moments(),
                "cards",
                shown);
    }

    private static Map<String, @Nullable Object> series(Card card, double[][] values) {
        Map<String, @Nullable Object> series = new LinkedHashMap<>();
        for (int column = 0; column < values.length; column++) {
            series.put(card.columns().get(column), values[column]);
        }
        return series;
    }

    /** Answers {@code api/plan?pool=name&query=id}: the plan of a slow query, as far as it is known. */
    Map<String, @Nullable Object> plan(Map<String, String> query) {
        String pool = query.getOrDefault("pool", "");
        String id = query.getOrDefault("query", "");
        for (Card card : cards) {
            if (card.kind().equals("pool") && card.name().equals(pool)) {
                Map<String, @Nullable Object> plan = ((PoolCard) card).plan(id);
                if (plan != null) {
                    return plan;
                }
            }
        }
        return Json.object("state", "failed", "error", "this query is not known any more, or the pool has no plans");
    }

    private static String id(Card card) {
        return card.kind() + "-" + card.name();
    }
}
