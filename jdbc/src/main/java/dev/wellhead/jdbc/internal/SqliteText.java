package dev.wellhead.jdbc.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tokens of a statement that SQLite has accepted, in one canonical form: comments are left out, words and quoted
 * names are in lower case, as SQLite does not tell cases apart, and names that need no quotes have none.
 *
 * <p>A text in double quotes, which SQLite takes for a string if there is no such name, loses its case, too.
 */
final class SqliteText {
    private static final Pattern TOKEN = Pattern.compile(
            "(?<gap>\\s++|--[^\\n]*+|/\\*.*?(?:\\*/|\\z))"
                    + "|(?<text>[xX]?'[^']*+(?:''[^']*+)*+')"
                    + "|(?<name>\"[^\"]*+(?:\"\"[^\"]*+)*+\"|`[^`]*+(?:``[^`]*+)*+`|\\[[^\\]]*+\\])"
                    + "|(?<word>[\\w$\\x{80}-\\x{10FFFF}]++)"
                    + "|(?<sign><>|<=|>=|==|!=|\\|\\||<<|>>|->>|->|.)",
            Pattern.DOTALL);

    private static final Set<String> NO_BLANK_BEFORE = Set.of(")", ",", ";", ".");

    private SqliteText() {}

    static List<String> tokens(String sql) {
        List<String> tokens = new ArrayList<>();
        Matcher token = TOKEN.matcher(sql);
        while (token.find()) {
            if (token.group("gap") != null) {
                continue;
            }
            String name = token.group("name");
            String text = token.group("text");
            tokens.add(
                    name != null
                            ? unquoted(name)
                            : text != null ? text : token.group().toLowerCase(Locale.ROOT));
        }
        return tokens;
    }

    private static String unquoted(String name) {
        char quote = name.charAt(0);
        String inside = name.substring(1, name.length() - 1);
        String plain = quote == '[' ? inside : inside.replace("" + quote + quote, "" + quote);
        return CatalogObject.plain(plain.toLowerCase(Locale.ROOT));
    }

    /** Returns the tokens in one line. */
    static String join(List<String> tokens) {
        StringBuilder line = new StringBuilder();
        String before = "(";
        for (String token : tokens) {
            boolean tight = before.equals("(") || before.equals(".") || NO_BLANK_BEFORE.contains(token);
            line.append(tight ? "" : " ").append(token);
            before = token;
        }
        return line.toString();
    }
}
