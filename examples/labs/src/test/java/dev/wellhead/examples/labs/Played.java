package dev.wellhead.examples.labs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** A lab that was played with somebody's mending, and what was found. */
public final class Played {
    private final List<Finding> unmet;
    private final String printed;

    Played(LabRun run, String printed) {
        this.unmet = run.goals().stream().filter(goal -> !goal.holds()).toList();
        this.printed = printed;
    }

    /** Asserts that it is judged as solved. */
    public void isSolved() {
        assertThat(unmet).as("%s", printed).isEmpty();
    }

    /** Asserts that it is not judged as solved, and that it misses these goals and no other: a part of each, or of its hint. */
    public void misses(String... goals) {
        assertThat(unmet).as("%s", printed).hasSize(goals.length);
        for (String goal : goals) {
            assertThat(unmet)
                    .as("%s", printed)
                    .anyMatch(finding -> (finding.what() + ": " + finding.hint()).contains(goal));
        }
    }

    /** Returns the goals that were not met, in order. */
    public List<String> unmet() {
        return unmet.stream().map(Finding::what).toList();
    }

    /** Returns what is said to those who have not met them. */
    public List<String> hints() {
        return unmet.stream().map(Finding::hint).toList();
    }

    /** Returns what was printed. */
    @Override
    public String toString() {
        return printed;
    }
}
