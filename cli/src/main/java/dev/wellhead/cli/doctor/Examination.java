package dev.wellhead.cli.doctor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Collects what the checks find. For one thread. */
public final class Examination {
    private final Set<String> ignored;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Finding> accepted = new ArrayList<>();
    private final Set<Rule> looked = EnumSet.noneOf(Rule.class);
    private final Map<Rule, String> skipped = new EnumMap<>(Rule.class);

    /**
     * Starts an examination.
     *
     * @param ignored the codes of what is known and accepted
     */
    public Examination(Set<String> ignored) {
        this.ignored = new TreeSet<>(ignored);
    }

    /** Notes that a check was made. */
    void looked(Rule rule) {
        looked.add(rule);
    }

    /** Notes that a check was made, and whether it found something. */
    void check(Rule rule, boolean wrong, String subject, String found, String mend) {
        looked(rule);
        if (wrong) {
            found(rule, subject, found, mend);
        }
    }

    /** Notes what a check has found. */
    public void found(Rule rule, String subject, String found, String mend) {
        looked(rule);
        (ignored.contains(rule.code()) ? accepted : findings).add(new Finding(rule, subject, found, mend));
    }

    /** Notes that a check could not be made. */
    void skipped(Rule rule, String reason) {
        skipped.put(rule, reason);
    }

    /** Returns what was found, in the order of the checks. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Returns what was found and is accepted. */
    public List<Finding> accepted() {
        return List.copyOf(accepted);
    }

    /** Returns the checks that were made. */
    public Set<Rule> looked() {
        return Set.copyOf(looked);
    }

    /** Returns the checks that could not be made, each with the reason. */
    public Map<Rule, String> skipped() {
        return new EnumMap<>(skipped);
    }
}
