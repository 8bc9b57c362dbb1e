package dev.wellhead.backup;

import java.time.Duration;
import java.util.List;

/** What a verification found. An immutable value. */
public final class VerifyReport {
    private final String id;
    private final List<String> problems;
    private final Duration duration;

    VerifyReport(String id, List<String> problems, Duration duration) {
        this.id = id;
        this.problems = List.copyOf(problems);
        this.duration = duration;
    }

    /** Returns the backup's id. */
    public String id() {
        return id;
    }

    /** Returns whether the backup was restored and equal to its snapshot; then it is VERIFIED, else SUSPECT. */
    public boolean verified() {
        return problems.isEmpty();
    }

    /** Returns what was damaged or different, for people; empty if nothing was. */
    public List<String> problems() {
        return problems;
    }

    /** Returns how long the verification took. */
    public Duration duration() {
        return duration;
    }

    @Override
    public String toString() {
        return "backup " + id + (verified() ? " verified" : " suspect: " + String.join("; ", problems));
    }
}
