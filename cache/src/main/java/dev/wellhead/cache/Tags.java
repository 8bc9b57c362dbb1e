package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.List;

/**
 * The tags of a value, and the version of the tags' clock when its load began: an invalidation of one of them with a later
 * version makes the value count as absent. A version says something only with the table whose clock it is of.
 */
record Tags(TagTable table, long asOf, List<String> names) {
    static final int MOST = 64;
    static final int LONGEST = 255;
    static final Tags NONE = new Tags(new TagTable(0), 0, List.of());

    /** @throws IllegalArgumentException if there are too many, or one is empty or too long */
    static Tags of(TagTable table, long asOf, Collection<String> names) {
        if (names.isEmpty()) {
            return NONE;
        }
        List<String> distinct = names.stream().distinct().map(Tags::checked).toList();
        if (distinct.size() > MOST) {
            throw new IllegalArgumentException("a value must have at most " + MOST + " tags, had " + distinct.size());
        }
        return new Tags(table, asOf, distinct);
    }

    /** @throws IllegalArgumentException if it is empty or too long */
    static String checked(String tag) {
        int length = tag.getBytes(UTF_8).length;
        if (length == 0 || length > LONGEST) {
            throw new IllegalArgumentException("tag must be 1 to " + LONGEST + " bytes of UTF-8, was " + length);
        }
        return tag;
    }
}
