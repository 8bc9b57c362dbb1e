package dev.wellhead.examples.labs;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One playing of a lab, and the verdict on it. */
final class LabRun {
    private final List<Finding> findings;

    private LabRun(List<Finding> findings) {
        this.findings = findings;
    }

    /** Plays it with the files as they are in the folder. Printed: the scene, not the verdict. */
    static LabRun play(Lab lab, Path exercise, PrintStream out) throws Exception {
        try (Scene scene = new Scene(exercise, out)) {
            List<Finding> findings = new ArrayList<>();
            try {
                lab.play(scene);
                findings.addAll(scene.findings());
            } catch (ExerciseException e) {
                findings.addAll(scene.findings());
                findings.add(new Finding("the exercise can be used", false, true, String.valueOf(e.getMessage())));
            }
            return new LabRun(List.copyOf(findings));
        }
    }

    /** Returns whether everything is as it should be. */
    boolean passed() {
        return !findings.isEmpty() && findings.stream().allMatch(Finding::holds);
    }

    /** Returns what does not hold though it is not up to the learner. */
    List<Finding> defects() {
        return findings.stream()
                .filter(finding -> !finding.goal() && !finding.holds())
                .toList();
    }

    /** Returns what is up to the learner. */
    List<Finding> goals() {
        return findings.stream().filter(Finding::goal).toList();
    }

    /** Prints a line for each thing that was found, with a hint for what does not hold. */
    void print(PrintStream out) {
        out.println();
        for (Finding finding : findings) {
            out.println(
                    (finding.holds() ? "  ok      " : finding.goal() ? "  not yet " : "  BROKEN  ") + finding.what());
            if (!finding.holds()) {
                for (String line : finding.hint().split("\n", -1)) {
                    out.println("          " + line);
                }
            }
        }
        out.println();
    }
}
