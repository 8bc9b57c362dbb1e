package dev.wellhead.migrate;

import dev.wellhead.core.Redaction;
import dev.wellhead.migrate.internal.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the history of another tool says of the migrations of a source, and what speaks against believing it. Mutable. */
final class ForeignClaims {
    private final NavigableMap<Version, Migration> source = new TreeMap<>();
    private final NavigableMap<Version, Claim> applied = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    ForeignClaims(Collection<Migration> files) {
        files.forEach(file -> source.put(file.number(), file));
    }

    /** When and by whom, as far as the tool knows. */
    record Origin(@Nullable Instant at, @Nullable String by, long millis) {
        static final Origin UNKNOWN = new Origin(null, null, 0);
    }

    /** A migration of the source that is applied. */
    record Claim(Migration file, Origin origin) {}

    /** Returns the migration of this version, null if the source has none. */
    @Nullable Migration file(String version) {
        try {
            return source.get(Version.parse(version));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Notes that a version is applied; one that the source does not have is a fault. */
    void applied(String version, String name, Origin origin) {
        Migration file = file(version);
        if (file == null) {
            fault(name + " is applied, and the source has no such version");
        } else {
            applied.put(file.number(), new Claim(file, origin));
        }
    }

    /** Notes that a migration is applied. */
    void applied(Migration file, Origin origin) {
        applied.put(file.number(), new Claim(file, origin));
    }

    /** Notes that all migrations of the source up to this version are applied, of which nothing else is known. */
    void appliedUpTo(Version version, Origin origin) {
        source.headMap(version, true)
                .values()
                .forEach(file -> applied.putIfAbsent(file.number(), new Claim(file, origin)));
    }

    void fault(String fault) {
        faults.add(Redaction.printable(fault));
    }

    void note(String note) {
        notes.add(Redaction.printable(note));
    }

    /** Returns what is applied, oldest first. */
    Collection<Claim> applied() {
        return applied.values();
    }

    /** Returns why nothing may be taken over; empty if it may. */
    List<String> faults() {
        return faults;
    }

    List<String> notes() {
        return notes;
    }
}
