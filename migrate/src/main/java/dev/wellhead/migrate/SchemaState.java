package dev.wellhead.migrate;

import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.migrate.ValidationReport.Finding;
import dev.wellhead.migrate.ValidationReport.Kind;
import dev.wellhead.migrate.internal.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files and history laid side by side, by version. Pure: knows no database. Immutable. */
final class SchemaState {
    private final NavigableMap<Version, Entry> entries;
    private final @Nullable Version newestApplied;

    /** One version: at least one of the two is there. */
    record Entry(@Nullable Migration file, @Nullable HistoryRow row) {
        String version() {
            return file != null ? file.version() : Objects.requireNonNull(row).version();
        }

        String description() {
            return file != null
                    ? file.description()
                    : Objects.requireNonNull(row).description();
        }

        String origin() {
            return file != null ? file.origin() : "version " + version();
        }

        /** Returns whether it is a repeatable migration that the next run runs again. */
        boolean isOutdated() {
            return file != null
                    && file.isRepeatable()
                    && row != null
                    && !row.isMidway()
                    && !file.upText().checksum().equals(row.checksum());
        }
    }

    private SchemaState(NavigableMap<Version, Entry> entries) {
        this.entries = entries;
        Version newest = null;
        for (Map.Entry<Version, Entry> entry : entries.entrySet()) {
            boolean counts = entry.getValue().row != null && !entry.getKey().isRepeatable();
            newest = counts ? entry.getKey() : newest;
        }
        this.newestApplied = newest;
    }

    /**
     * Lays files and history side by side.
     *
     * @throws MigrationException if two files have the same version, or two rows
     */
    static SchemaState of(Collection<Migration> files, Collection<HistoryRow> rows) {
        NavigableMap<Version, Entry> entries = new TreeMap<>();
        for (Migration file : files) {
            Entry other = entries.putIfAbsent(file.number(), new Entry(file, null));
            if (other != null) {
                throw new MigrationException(
                        Reason.SOURCE,
                        "migrations: " + other.origin() + " and " + file.origin() + " have the same version "
                                + file.number() + "; nothing was run; give one of them another");
            }
        }
        for (HistoryRow row : rows) {
            Version version = Version.parse(row.version());
            Entry other = entries.get(version);
            if (other != null && other.row != null) {
                throw new MigrationException(
                        Reason.FOREIGN_HISTORY,
                        "history: rows " + other.row.version() + " and " + row.version()
                                + " are the same version; nothing was run; remove the one that was added by hand");
            }
            entries.put(version, new Entry(other == null ? null : other.file, row));
        }
        return new SchemaState(entries);
    }

    /**
     * Returns where each version stands.
     *
     * @param midway what is known of those that were begun and did not reach their end, by version
     */
    List<MigrationStatus> statuses(Map<String, MigrationStatus.Midway> midway) {
        List<MigrationStatus> statuses = new ArrayList<>();
        entries.forEach((version, entry) -> statuses.add(new MigrationStatus(
                entry.version(),
                entry.description(),
                state(version, entry),
                entry.row == null ? null : entry.row.appliedAt(),
                entry.row == null ? null : Duration.ofMillis(entry.row.durationMillis()),
                entry.file != null && entry.file.downText() != null,
                midway.get(entry.version()))));
        return List.copyOf(statuses);
    }

    private State state(Version version, Entry entry) {
        if (entry.row == null) {
            boolean late = newestApplied != null && version.compareTo(newestApplied) < 0;
            return late ? State.OUT_OF_ORDER : State.PENDING;
        }
        if (entry.row.isMidway()) {
            return entry.row.state() == HistoryRow.State.FAILED ? State.FAILED : State.RUNNING;
        }
        if (entry.file == null) {
            return State.MISSING;
        }
        if (entry.file.upText().checksum().equals(entry.row.checksum())) {
            return State.APPLIED;
        }
        return version.isRepeatable() ? State.OUTDATED : State.CHANGED;
    }

    /**
     * Returns how they agree.
     *
     * @param outOfOrder whether migrations may come late
     */
    ValidationReport validation(boolean outOfOrder) {
        List<Finding> findings = new ArrayList<>();
        entries.forEach((version, entry) -> {
            switch (state(version, entry)) {
                case CHANGED ->
                    findings.add(
                            finding(
                                    Kind.CHANGED,
                                    entry,
                                    "changed after it was applied; put it back as it was, and make the change a new migration"));
                case MISSING -> {
                    // What a repeatable one makes may go with a version that drops it.
                    if (!version.isRepeatable()) {
                        findings.add(
                                finding(
                                        Kind.MISSING,
                                        entry,
                                        "applied, but not in the source; put the file back, or deploy the release that has it"));
                    }
                }
                case OUT_OF_ORDER -> {
                    if (!outOfOrder) {
                        findings.add(finding(
                                Kind.OUT_OF_ORDER,
                                entry,
                                "not applied, though the later version " + newestApplied
                                        + " is; give it a version above that, or allow it with outOfOrder()"));
                    }
                }
                case RUNNING, FAILED ->
                    findings.add(finding(
                            entry.file == null ? Kind.MISSING : Kind.UNFINISHED,
                            entry,
                            "a run of it did not reach the end; status() says how far it came and what to do"));
                case PENDING, APPLIED, OUTDATED -> {}
            }
            if (entry.file != null
                    && entry.row != null
                    && !entry.row.isMidway()
                    && isDownChanged(entry.file, entry.row)) {
                findings.add(finding(
                        Kind.DOWN_CHANGED,
                        entry,
                        "what takes it back was changed after it was applied; a rollback runs it as it is now"));
            }
        });
        return new ValidationReport(findings);
    }

    static boolean isDownChanged(Migration file, HistoryRow row) {
        SqlText down = file.downText();
        return !Objects.equals(down == null ? null : down.checksum(), row.downChecksum());
    }

    private static Finding finding(Kind kind, Entry entry, String detail) {
        return new Finding(kind, entry.version(), entry.origin(), detail);
    }

    /**
     * Returns at once if files and history agree.
     *
     * @throws MigrationException naming every file that does not
     */
    void requireValid(boolean outOfOrder) {
        List<String> faults = new ArrayList<>();
        for (Finding finding : validation(outOfOrder).findings()) {
            if (finding.kind().isBlocking()) {
                faults.add(finding.file() + " " + finding.kind() + " (" + finding.detail() + ")");
            }
        }
        if (!faults.isEmpty()) {
            throw new MigrationException(
                    Reason.INVALID,
                    "migrations: files and history disagree; nothing was run; " + String.join("; ", faults));
        }
    }

    /**
     * Returns what is to be applied, oldest first, behind it what is to be repeated.
     *
     * @param target the last version to apply, with nothing repeated; null for all
     */
    List<Entry> pending(@Nullable Version target) {
        SortedMap<Version, Entry> upTo = target == null ? entries : entries.headMap(target, true);
        List<Entry> pending = new ArrayList<>();
        for (Entry entry : upTo.values()) {
            if (entry.file != null && (entry.row == null || entry.row.isMidwayUp() || entry.isOutdated())) {
                pending.add(entry);
            }
        }
        return pending;
    }

    boolean knows(Version version) {
        return entries.containsKey(version);
    }

    boolean isApplied(Version version) {
        Entry entry = entries.get(version);
        return entry != null && entry.row != null && !entry.row.isMidway();
    }

    @Nullable Entry entry(Version version) {
        return entries.get(version);
    }

    /** Returns all versions, oldest first. */
    Collection<Entry> all() {
        return entries.values();
    }

    /** Returns the migrations that were begun and did not reach their end, in either direction, oldest first. */
    List<Entry> midway() {
        return entries.values().stream()
                .filter(entry -> entry.row != null && entry.row.isMidway())
                .toList();
    }

    /** Returns the versions that are applied, newest first; those that are being taken back are still among it. */
    List<Entry> applied() {
        List<Entry> applied = new ArrayList<>();
        entries.descendingMap().forEach((version, entry) -> {
            if (entry.row != null && !version.isRepeatable()) {
                applied.add(entry);
            }
        });
        return applied;
    }

    /** Returns the repeatable migrations of the source that were run, in their order. */
    List<Entry> repeated() {
        return entries.values().stream()
                .filter(entry -> entry.file != null && entry.file.isRepeatable())
                .filter(entry -> entry.row != null && !entry.row.isMidway())
                .toList();
    }

    /** Returns what is applied above this version, newest first. */
    List<Entry> appliedAbove(Version version) {
        return new SchemaState(entries.tailMap(version, false)).applied();
    }
}
