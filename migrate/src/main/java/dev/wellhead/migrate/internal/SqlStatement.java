package dev.wellhead.migrate.internal;

import java.util.List;

/**
 * One statement of a script.
 *
 * @param line the line in which it starts, from 1
 * @param column the place in that line, in characters from 1
 * @param span where it stands in the script, without the semicolon
 * @param written the statement as it stands in the script, for sums and for messages
 * @param text the statement as it is to be sent, with the values of placeholders in it
 * @param tokens its first tokens: words in capitals, quoted names and texts as their opening quote, all else as single
 *     characters; enough to tell what kind of statement it is
 * @param takesData whether the lines that follow it are the data of a {@code COPY ... FROM stdin}
 */
public record SqlStatement(
        int line, int column, Span span, String written, String text, List<String> tokens, boolean takesData) {
    /**
     * A range of characters.
     *
     * @param start the first one
     * @param end the one after the last
     */
    public record Span(int start, int end) {
        /** Returns the characters of this range. */
        public String of(CharSequence text) {
            return text.subSequence(start, end).toString();
        }
    }

    /** Returns the token at this place, empty if there is none. */
    public String token(int index) {
        return index < tokens.size() ? tokens.get(index) : "";
    }

    /** Returns whether the first tokens are these. */
    public boolean startsWith(String... words) {
        return tokens.size() >= words.length && tokens.subList(0, words.length).equals(List.of(words));
    }
}
