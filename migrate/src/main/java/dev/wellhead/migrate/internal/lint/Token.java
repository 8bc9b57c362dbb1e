package dev.wellhead.migrate.internal.lint;

import dev.wellhead.migrate.internal.SqlTokens.Kind;

/**
 * The smallest part of a statement that means something.
 *
 * @param kind what it is
 * @param text a word in capitals; a quoted name without its quotes; the inside of a text, escapes as they stand; a number
 *     or a sign as it stands
 * @param line the line of its file in which it starts, from 1
 */
public record Token(Kind kind, String text, int line) {
    /** Returns whether it is this keyword, or this sign. */
    boolean is(String wordOrSign) {
        return (kind == Kind.WORD || kind == Kind.SIGN) && text.equals(wordOrSign);
    }

    /** Returns whether it can be a name. */
    boolean isName() {
        return kind == Kind.WORD || kind == Kind.NAME;
    }
}
