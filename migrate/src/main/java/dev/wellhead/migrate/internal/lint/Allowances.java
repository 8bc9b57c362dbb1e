package dev.wellhead.migrate.internal.lint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The comments {@code -- wellhead:allow RULE reason} of a script. One stands before its statement, within it, or behind
 * its end on the same line, and is for that statement only. For one thread: remembers which of them were needed.
 */
final class Allowances {
    private static final Pattern COMMENT = Pattern.compile("--\\s*wellhead:allow\\b[ \\t]*(\\S*)[ \\t]*(.*)");

    private final List<Allowance> allowances = new ArrayList<>();
    private int before;

    private static final class Allowance {
        private final int line;
        private final String rule;
        private final String reason;
        private boolean used;

        Allowance(int line, String rule, String reason) {
            this.line = line;
            this.rule = rule;
            this.reason = reason;
        }
    }

    /** Reads the comments of a script. */
    static Allowances of(String script) {
        Allowances allowances = new Allowances();
        String[] lines = script.split("\\r\\n|\\r|\\n", -1);
        for (int i = 0; i < lines.length; i++) {
            Matcher comment = COMMENT.matcher(lines[i]);
            if (comment.find()) {
                String reason = comment.group(2).strip();
                allowances.allowances.add(new Allowance(i + 1, comment.group(1), reason));
            }
        }
        return allowances;
    }

    /** Says where the statement before the present one ended; comments up to there are none of its. */
    void behind(int line) {
        before = line;
    }

    /** Returns the reason for which this is allowed in a statement on these lines, empty if it is not. */
    String reason(Hazard hazard, int firstLine, int lastLine) {
        for (Allowance allowance : allowances) {
            boolean here = allowance.line <= lastLine && (allowance.line > before || allowance.line >= firstLine);
            if (here && allowance.rule.equals(hazard.id()) && !allowance.reason.isEmpty()) {
                allowance.used = true;
                return allowance.reason;
            }
        }
        return "";
    }

    /** Reports what is wrong with the comments themselves, when all statements were looked at. */
    void check(Problems problems) {
        for (Allowance allowance : allowances) {
            String text = "-- wellhead:allow " + allowance.rule;
            boolean known = Arrays.stream(Hazard.values())
                    .anyMatch(hazard -> hazard.id().equals(allowance.rule));
            if (!known) {
                problems.addAt(
                        Hazard.ALLOW_UNKNOWN,
                        allowance.line,
                        text.strip(),
                        "there is no rule '" + allowance.rule + "', so nothing is allowed by this comment",
                        "-- wellhead:allow create-index the table has ten rows");
            } else if (allowance.reason.isEmpty()) {
                problems.addAt(
                        Hazard.ALLOW_WITHOUT_REASON,
                        allowance.line,
                        text,
                        "the comment gives no reason, so it allows nothing",
                        text + " why this is safe here");
            } else if (!allowance.used) {
                problems.addAt(
                        Hazard.ALLOW_UNUSED,
                        allowance.line,
                        text,
                        "nothing was found that this comment would allow",
                        "-- remove the comment");
            }
        }
    }
}
