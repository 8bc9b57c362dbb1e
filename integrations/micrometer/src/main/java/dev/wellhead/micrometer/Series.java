package dev.wellhead.micrometer;

import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/**
 * A name with its tags.
 *
 * @param tags alternating keys and values
 */
record Series(String name, List<String> tags) {
    /** What stands for the values of tags that are too many. */
    static final String OTHER = "(other)";

    static Series of(String name, String... tags) {
        if (tags.length % 2 != 0) {
            throw new IllegalArgumentException("tags of " + name + " must be pairs of key and value, were "
                    + tags.length + ": " + String.join(", ", tags));
        }
        return new Series(name, List.of(tags));
    }

    /** Returns the value of this tag, or empty text. */
    String tag(String key) {
        for (int i = 0; i < tags.size(); i += 2) {
            if (tags.get(i).equals(key)) {
                return tags.get(i + 1);
            }
        }
        return "";
    }

    /** Returns the series that counts for all those that are too many. */
    Series overflow() {
        List<String> less = new ArrayList<>(tags);
        for (int i = 1; i < less.size(); i += 2) {
            less.set(i, OTHER);
        }
        return new Series(name, List.copyOf(less));
    }

    Tags toTags() {
        return Tags.of(tags.toArray(String[]::new));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name).append('{');
        for (int i = 0; i < tags.size(); i += 2) {
            text.append(i == 0 ? "" : ", ").append(tags.get(i)).append('=').append(tags.get(i + 1));
        }
        return text.append('}').toString();
    }
}
