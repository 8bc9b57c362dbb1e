package dev.wellhead.core;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes text safe to show: takes credentials out of URLs, and control characters out of whatever came from outside, so
 * that a message can neither leak a secret nor forge a log line. All methods are pure.
 */
public final class Redaction {
    /** What stands where a secret stood. */
    public static final String MASK = "***";

    // user:password@ behind a scheme. The password may itself hold '@', and whatever should have been escaped: a URL
    // is often shown because it is wrong. So the last one before the parameters counts; and if there is none, the last
    // one of all, if what stands behind the first colon is no port.
    private static final Pattern USER_INFO =
            Pattern.compile("(?<=//)(?:(?:(?![?&;][\\w.-]+=)\\S)*@|[^/?#\\s@:\\[]*:(?!\\d*(?:[^\\w@]|$))[^\\r\\n]*@)");
    private static final Pattern PARAMETER = Pattern.compile("([?&;]\\s*)([^=&;\\s]+)(\\s*=\\s*)([^&;\\s]*)");

    private Redaction() {}

    /**
     * Returns the URL without user, password and every parameter whose name speaks of a secret, fit for a message or a
     * log. Works on JDBC URLs, PostgreSQL and Redis URIs, and on text that is no URL at all.
     *
     * @param url any text; null gives {@code "null"}
     */
    public static String url(@Nullable String url) {
        if (url == null) {
            return "null";
        }
        String withoutUser = USER_INFO.matcher(url).replaceAll(MASK + "@");
        Matcher parameters = PARAMETER.matcher(withoutUser);
        return printable(parameters.replaceAll(found -> Matcher.quoteReplacement(found.group(1)
                + found.group(2)
                + found.group(3)
                + (isSecret(found.group(2)) ? MASK : found.group(4)))));
    }

    /** Returns whether a parameter or option of this name holds something that must not be shown. */
    public static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("user")
                || lower.equals("username")
                || lower.contains("password")
                || lower.contains("passwd")
                || lower.contains("secret")
                || lower.contains("token")
                || lower.contains("credential")
                || lower.endsWith("key");
    }

    /** Returns the text with each control character, line end or lone surrogate written as an escape. */
    public static String printable(String text) {
        int clean = 0;
        while (clean < text.length() && isPlain(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, clean);
        text.substring(clean).codePoints().forEach(codePoint -> appendEscaped(escaped, codePoint));
        return escaped.toString();
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7f;
    }

    private static void appendEscaped(StringBuilder out, int codePoint) {
        switch (codePoint) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (isUnsafe(codePoint)) {
                    out.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
                } else {
                    out.appendCodePoint(codePoint);
                }
            }
        }
    }

    private static boolean isUnsafe(int codePoint) {
        int type = Character.getType(codePoint);
        return Character.isISOControl(codePoint)
                || type == Character.SURROGATE
                // Bidirectional overrides and separators reorder or break what a person reads.
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
