package dev.wellhead.cli;

import java.util.ArrayList;
import java.util.List;

/** How much room text takes on a terminal, and how to fit it in. All methods are pure. */
final class Columns {
    private Columns() {}

    /** Returns how many columns the text takes: none for what combines, two for what is wide. */
    static int of(String text) {
        return text.codePoints().map(Columns::of).sum();
    }

    /** Returns the text in lines of this many columns at most, broken between words where there are any. */
    static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() > 0 && of(line.toString()) + 1 + of(word) > columns) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (line.length() > 0) {
                line.append(' ');
            }
            line.append(word);
            while (of(line.toString()) > columns) {
                int cut = fitting(line, columns);
                lines.add(line.substring(0, cut));
                line.delete(0, cut);
            }
        }
        lines.add(line.toString());
        return lines;
    }

    /** Returns the text, or its beginning and three dots if it takes more than this many columns. */
    static String cut(String text, int columns) {
        return of(text) <= columns
                ? text
                : text.substring(0, fitting(new StringBuilder(text), Math.max(1, columns - 3))) + "...";
    }

    private static int fitting(StringBuilder text, int columns) {
        int taken = 0;
        int at = 0;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            taken += of(codePoint);
            if (taken > columns && at > 0) {
                return at;
            }
            at += Character.charCount(codePoint);
        }
        return at;
    }

    private static int of(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        return isWide(codePoint) ? 2 : 1;
    }

    // The blocks that East Asian terminals draw in two columns, and pictures.
    private static boolean isWide(int c) {
        return c >= 0x1100
                && (c <= 0x115f
                        || (c >= 0x2e80 && c <= 0xa4cf)
                        || (c >= 0xac00 && c <= 0xd7a3)
                        || (c >= 0xf900 && c <= 0xfaff)
                        || (c >= 0xfe30 && c <= 0xfe6f)
                        || (c >= 0xff00 && c <= 0xff60)
                        || (c >= 0xffe0 && c <= 0xffe6)
                        || (c >= 0x1f300 && c <= 0x1faff)
                        || (c >= 0x20000 && c <= 0x3fffd));
    }
}
