package dev.wellhead.migrate.internal;

import dev.wellhead.migrate.internal.FileName.Convention;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Both directions of a migration in one file, parted by comments of dbmate or goose. Immutable.
 *
 * @param convention whose comments they are
 * @param up the part that applies
 * @param down the part that takes back, if there is one
 * @param upApart whether each statement that applies is to be committed by itself
 * @param downApart whether each one that takes back is
 */
public record AnnotatedFile(
        Convention convention, Section up, @Nullable Section down, boolean upApart, boolean downApart) {
    /**
     * A part of a file, from the line of its comment on.
     *
     * @param text the part, as it stands there
     * @param linesBefore how many lines of the file stand before it
     */
    public record Section(String text, int linesBefore) {}

    private static final Pattern COMMENT = Pattern.compile(
            "(?im)^\\uFEFF?[ \\t]*--[ \\t]*(\\+[ \\t]*goose|goose|migrate[ \\t]*[:;])[ \\t]*([^\\r\\n]*)$");
    private static final Pattern BEFORE = Pattern.compile("(?s)\\uFEFF?(?:\\s++|--[^\\r\\n]*+|/\\*.*?\\*/)*+");
    private static final Pattern DIRECTION = Pattern.compile("(?i)(u+p+s?|pu|d[own]{2,5})((?:\\s+trans.*)?)");
    private static final Pattern GOOSE =
            Pattern.compile("(?i)(up|down|statement\\s*begin|statement\\s*end|no\\s*transaction|envsub\\b.*)");

    /**
     * Parts a file; null if it holds no such comments.
     *
     * @throws ScriptException if one of them is misspelled, or stands where it cannot
     */
    public static @Nullable AnnotatedFile read(String text) throws ScriptException {
        Matcher comment = COMMENT.matcher(text);
        return comment.find() ? new Parting(text).part(comment) : null;
    }

    /** One reading. For one thread. */
    private static final class Parting {
        private final String text;
        private @Nullable Convention convention;
        private int first = -1;
        private int up = -1;
        private int down = -1;
        private int open = -1;
        private boolean upApart;
        private boolean downApart;

        Parting(String text) {
            this.text = text;
        }

        @Nullable AnnotatedFile part(Matcher comment) throws ScriptException {
            do {
                String mark = comment.group(1);
                String words = comment.group(2).strip();
                boolean goose = mark.toLowerCase(Locale.ROOT).endsWith("goose");
                Convention its = goose ? Convention.GOOSE : Convention.DBMATE;
                boolean exact = mark.equals("+goose")
                        || (mark.equals("migrate:") && comment.start(2) == comment.end(1) && !words.isEmpty());
                if (!exact && !(goose ? GOOSE : DIRECTION).matcher(words).matches()) {
                    continue;
                }
                if (convention == null && !goose && !DIRECTION.matcher(words).matches()) {
                    continue;
                }
                if (convention != null && convention != its) {
                    throw fault(comment, "belongs to another tool than " + convention);
                }
                convention = its;
                first = first < 0 ? comment.start() : first;
                if (!exact) {
                    throw fault(comment, "is misspelled, it begins with -- " + (goose ? "+goose " : "migrate:"));
                } else if (goose) {
                    goose(comment, words.toUpperCase(Locale.ROOT).replaceAll("\\s+", " "));
                } else {
                    dbmate(comment, words);
                }
            } while (comment.find());
            return convention == null ? null : parted();
        }

        private void goose(Matcher at, String words) throws ScriptException {
            switch (words) {
                case "UP" -> up(at);
                case "DOWN" -> down(at);
                case "NO TRANSACTION" -> upApart = downApart = true;
                case "STATEMENTBEGIN" -> {
                    if (open >= 0 || up < 0) {
                        throw fault(at, open >= 0 ? "stands inside another one" : "stands before -- +goose Up");
                    }
                    open = at.start();
                }
                case "STATEMENTEND" -> {
                    if (open < 0) {
                        throw fault(at, "ends what no StatementBegin begins");
                    }
                    open = -1;
                }
                default ->
                    throw fault(
                            at,
                            words.startsWith("ENVSUB")
                                    ? "asks for variables of the environment, which are not put in; write the values out"
                                    : "is misspelled, there are Up, Down, StatementBegin, StatementEnd and NO TRANSACTION");
            }
        }

        private void dbmate(Matcher at, String words) throws ScriptException {
            String[] parts = words.split("\\s+", -1);
            boolean apart = false;
            for (int i = 1; i < parts.length; i++) {
                apart |= parts[i].equals("transaction:false");
                if (!parts[i].matches("transaction:(true|false)")) {
                    throw fault(at, "has an option that is misspelled, there is transaction:false");
                }
            }
            switch (parts[0]) {
                case "up" -> {
                    up(at);
                    upApart = apart;
                }
                case "down" -> {
                    down(at);
                    downApart = apart;
                }
                default -> throw fault(at, "is misspelled, there are migrate:up and migrate:down");
            }
        }

        private void up(Matcher at) throws ScriptException {
            if (up >= 0 || down >= 0) {
                throw fault(at, up >= 0 ? "is there twice" : "stands behind the part that takes back");
            }
            up = at.start();
            Matcher before = BEFORE.matcher(text).region(0, up);
            if (!before.lookingAt() || before.end() < up) {
                throw new ScriptException(
                        1 + linesTo(before.end()), "a statement stands before the comment that says what it is for");
            }
        }

        private void down(Matcher at) throws ScriptException {
            if (up < 0 || down >= 0) {
                throw fault(at, up < 0 ? "stands before the part that applies" : "is there twice");
            }
            closed();
            down = at.start();
        }

        private void closed() throws ScriptException {
            if (open >= 0) {
                throw new ScriptException(1 + linesTo(open), "the StatementBegin here has no StatementEnd");
            }
        }

        private AnnotatedFile parted() throws ScriptException {
            closed();
            Convention its = convention;
            if (up < 0 || its == null) {
                throw new ScriptException(
                        1 + linesTo(Math.max(first, 0)), "there is no " + convention + " in the file");
            }
            Section applies = section(first, down < 0 ? text.length() : down);
            return new AnnotatedFile(its, applies, down < 0 ? null : section(down, text.length()), upApart, downApart);
        }

        private Section section(int from, int to) {
            return new Section(text.substring(from, to), linesTo(from));
        }

        private ScriptException fault(Matcher at, String what) {
            return new ScriptException(
                    1 + linesTo(at.start()), "the comment \"" + at.group().strip() + "\" " + what);
        }

        // As the lexer counts.
        private int linesTo(int end) {
            int lines = 0;
            for (int i = 0; i < end; i++) {
                char c = text.charAt(i);
                lines += c == '\n' || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n')) ? 1 : 0;
            }
            return lines;
        }
    }
}
