package dev.wellhead.backup;

import java.util.List;

/** Which backups stay and which go, each with its reason. An immutable value. */
public final class RetentionPlan {
    /**
     * What becomes of one backup.
     *
     * @param backup which
     * @param keep whether it stays
     * @param reason why, for people
     */
    public record Entry(BackupInfo backup, boolean keep, String reason) {}

    private final List<Entry> entries;

    RetentionPlan(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Returns all backups with what becomes of them, newest first. */
    public List<Entry> entries() {
        return entries;
    }

    /** Returns the backups that stay, newest first. */
    public List<BackupInfo> kept() {
        return entries.stream().filter(Entry::keep).map(Entry::backup).toList();
    }

    /** Returns the backups that go, newest first. */
    public List<BackupInfo> deleted() {
        return entries.stream()
                .filter(entry -> !entry.keep())
                .map(Entry::backup)
                .toList();
    }

    /** Returns one line for each backup. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry.keep() ? "keep   " : "delete ")
                    .append(entry.backup().id())
                    .append("  ")
                    .append(entry.reason())
                    .append('\n');
        }
        return text.toString();
    }
}
