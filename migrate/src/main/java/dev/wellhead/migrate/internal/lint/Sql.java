package dev.wellhead.migrate.internal.lint;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.SqlTokens.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A statement, or a part of one, to look things up in. Immutable. */
final class Sql {
    // What is behind that in a statement, as the rows of an INSERT, decides nothing.
    private static final int LONGEST = 200_000;
    private static final Token END = new Token(Kind.SIGN, "", 0);
    private static final Pattern PLAIN = Pattern.compile("[a-z_\\x{80}-\\x{10FFFF}][a-z0-9_$\\x{80}-\\x{10FFFF}]*");

    private final List<Token> tokens;

    private Sql(List<Token> tokens) {
        this.tokens = tokens;
    }

    static Sql of(String statement, int line, Dialect dialect) {
        String text = statement.length() <= LONGEST ? statement : statement.substring(0, LONGEST);
        return new Sql(TokenReader.read(text, line, dialect));
    }

    /**
     * A name that was read.
     *
     * @param text in lower case unless quoted, with its schema if it was given
     * @param next the place behind it
     */
    record Name(String text, int next) {}

    int size() {
        return tokens.size();
    }

    Token at(int index) {
        return index >= 0 && index < tokens.size() ? tokens.get(index) : END;
    }

    Sql from(int index) {
        return new Sql(tokens.subList(Math.min(index, tokens.size()), tokens.size()));
    }

    /** Returns whether these words stand at this place. */
    boolean is(int index, String... words) {
        for (int i = 0; i < words.length; i++) {
            if (!at(index + i).is(words[i])) {
                return false;
            }
        }
        return true;
    }

    boolean starts(String... words) {
        return is(0, words);
    }

    /** Returns the place behind these words if they stand here, else this place. */
    int skip(int index, String... words) {
        return is(index, words) ? index + words.length : index;
    }

    /** Returns where these words stand outside of parentheses, -1 if nowhere. */
    int indexOf(String... words) {
        return indexFrom(0, words);
    }

    int indexFrom(int start, String... words) {
        int depth = 0;
        for (int i = start; i < tokens.size(); i++) {
            if (depth == 0 && is(i, words)) {
                return i;
            }
            depth += at(i).is("(") ? 1 : at(i).is(")") ? -1 : 0;
        }
        return -1;
    }

    boolean has(String... words) {
        return indexOf(words) >= 0;
    }

    /** Returns whether the word stands anywhere, also within parentheses. */
    boolean hasAnywhere(String word) {
        return tokens.stream().anyMatch(token -> token.is(word));
    }

    /** Reads a name with its schema; the text is empty if there is none here. */
    Name name(int index) {
        StringBuilder text = new StringBuilder();
        int next = index;
        while (at(next).isName()) {
            text.append(own(at(next)));
            next++;
            if (!at(next).is(".")) {
                break;
            }
            text.append('.');
            next++;
        }
        return new Name(text.toString(), next);
    }

    private static String own(Token token) {
        if (token.kind() == Kind.WORD) {
            return token.text().toLowerCase(Locale.ROOT);
        }
        return PLAIN.matcher(token.text()).matches()
                ? token.text()
                : '"' + token.text().replace("\"", "\"\"") + '"';
    }

    /** Returns the names at this place and behind each comma that follows, as of DROP and TRUNCATE. */
    List<String> names(int index) {
        List<String> names = new ArrayList<>();
        int next = index;
        while (true) {
            Name name = name(skip(next, "ONLY"));
            if (name.text.isEmpty()) {
                return names;
            }
            names.add(name.text);
            int behind = skip(name.next, "*");
            if (!at(behind).is(",")) {
                return names;
            }
            next = behind + 1;
        }
    }

    /** Returns the parts between commas that stand outside of parentheses. */
    List<Sql> split() {
        List<Sql> parts = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            depth += at(i).is("(") ? 1 : at(i).is(")") ? -1 : 0;
            if (depth == 0 && at(i).is(",")) {
                parts.add(new Sql(tokens.subList(start, i)));
                start = i + 1;
            }
        }
        parts.add(new Sql(tokens.subList(start, tokens.size())));
        return parts;
    }

    /** Returns what stands inside the parentheses that open here. */
    Sql inside(int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += at(i).is("(") ? 1 : at(i).is(")") ? -1 : 0;
            if (depth == 0) {
                return new Sql(tokens.subList(open + 1, i));
            }
        }
        return new Sql(tokens.subList(Math.min(open + 1, tokens.size()), tokens.size()));
    }

    /** Returns the part before this place. */
    Sql before(int index) {
        return new Sql(tokens.subList(0, Math.min(index, tokens.size())));
    }

    /** Returns it in one line, as a person might write it. */
    String text() {
        StringBuilder text = new StringBuilder();
        Token last = END;
        for (Token token : tokens) {
            boolean tight = text.isEmpty() || last.is("(") || last.is(".") || isTight(token);
            boolean cast = token.is(":") || last.is(":");
            text.append(tight || cast ? "" : " ");
            text.append(
                    switch (token.kind()) {
                        case WORD, SIGN, NUMBER ->
                            token.kind() == Kind.WORD ? token.text().toLowerCase(Locale.ROOT) : token.text();
                        case NAME -> own(token);
                        case TEXT -> "'" + token.text().replace("'", "''") + "'";
                    });
            last = token;
        }
        return text.toString();
    }

    private static boolean isTight(Token token) {
        return token.is(",") || token.is(")") || token.is(".") || token.is(";");
    }
}
