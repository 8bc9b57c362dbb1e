package dev.wellhead.micrometer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** By what other names dashboards know a series. */
final class Aliases {
    private static final String GETS = "Reads by whether there was a value";
    private static final String LOADS = "Loads by whether they succeeded";

    // Exactly those of HikariCP, each with the tag "pool".
    private static final Map<String, Alias> HIKARI = Map.ofEntries(
            Map.entry("wellhead.pool.size", hikari("", "Open connections")),
            Map.entry("wellhead.pool.active", hikari(".active", "Connections on loan")),
            Map.entry("wellhead.pool.idle", hikari(".idle", "Connections that lie idle")),
            Map.entry("wellhead.pool.waiting", hikari(".pending", "Threads that wait for a connection")),
            Map.entry("wellhead.pool.max", hikari(".max", "Most connections")),
            Map.entry("wellhead.pool.min", hikari(".min", "Fewest connections")),
            Map.entry("wellhead.pool.wait", hikari(".acquire", "Time to get a connection")),
            Map.entry("wellhead.pool.usage", hikari(".usage", "Time that connections are on loan")),
            Map.entry("wellhead.pool.connect", hikari(".creation", "Time to open a connection")),
            Map.entry("wellhead.pool.timeouts", hikari(".timeout", "Requests without a connection in time")));

    private final boolean hikari;
    private final boolean caches;

    /** Another name, with its description. */
    record Alias(Series series, String description) {}

    Aliases(boolean hikari, boolean caches) {
        this.hikari = hikari;
        this.caches = caches;
    }

    /** Returns what else this series is to be called. */
    List<Alias> of(Series series) {
        List<Alias> aliases = new ArrayList<>(2);
        Alias likeHikari = hikari ? HIKARI.get(series.name()) : null;
        if (likeHikari != null) {
            aliases.add(new Alias(
                    Series.of(likeHikari.series().name(), "pool", series.tag("pool")), likeHikari.description()));
        }
        if (caches) {
            addCacheNames(series, aliases);
        }
        return aliases;
    }

    private static Alias hikari(String suffix, String description) {
        return new Alias(Series.of("hikaricp.connections" + suffix), description);
    }

    // As Micrometer's own binders name what they read from caches; the tier is ours.
    private static void addCacheNames(Series series, List<Alias> aliases) {
        String cache = series.tag("cache");
        switch (series.name()) {
            case "wellhead.cache.size" ->
                aliases.add(new Alias(Series.of("cache.size", "cache", cache), "Entries, about"));
            case "wellhead.cache.gets" -> aliases.add(new Alias(new Series("cache.gets", series.tags()), GETS));
            case "wellhead.cache.loads" -> {
                boolean ok = series.tag("result").equals("ok");
                aliases.add(new Alias(
                        Series.of("cache.load", "cache", cache, "result", ok ? "success" : "failure"), LOADS));
                if (ok) {
                    aliases.add(new Alias(Series.of("cache.puts", "cache", cache), "Values that were loaded"));
                }
            }
            default -> {
                // Known by its own name only.
            }
        }
    }
}
