package dev.wellhead.testkit;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A fault put into a class on purpose, so that it shows whether the tests would find it.
 *
 * @param name what is wrong with it, as a clause: "the newest waiter is served first"
 * @param type the simple name of the top-level class whose source it is in
 * @param original text of that source, which must occur there exactly once, however its lines are broken and indented
 * @param replacement what stands there instead
 */
public record Mutant(String name, String type, String original, String replacement) {
    /**
     * Returns the source with the fault in it.
     *
     * @throws IllegalStateException if the text to be replaced is not there, or more than once: the source has changed,
     *     and the fault must be put anew
     */
    String applyTo(String source) {
        Matcher matcher = Pattern.compile(Arrays.stream(original.trim().split("\\s+"))
                        .map(Pattern::quote)
                        .collect(Collectors.joining("\\s+")))
                .matcher(source);
        if (!matcher.find()) {
            throw unfit("nowhere");
        }
        int start = matcher.start();
        int end = matcher.end();
        if (matcher.find(start + 1)) {
            throw unfit("more than once");
        }
        return source.substring(0, start) + replacement + source.substring(end);
    }

    private IllegalStateException unfit(String where) {
        return new IllegalStateException("mutant '" + name + "': its original must occur exactly once in " + type
                + ".java, but occurs " + where + "; adapt it to the source: " + original);
    }

    @Override
    public String toString() {
        return name;
    }
}
