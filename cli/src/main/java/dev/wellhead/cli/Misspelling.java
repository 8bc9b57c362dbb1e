package dev.wellhead.cli;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds which word was meant. */
final class Misspelling {
    /** One letter more, less, other or swapped with its neighbour counts one; two such are still a slip of the fingers. */
    private static final int MOST_SLIPS = 2;

    private Misspelling() {}

    /** Returns the known word that this one is nearly, the first of those alike; null if it is one, or is like none. */
    static @Nullable String nearest(String word, Collection<String> known) {
        String nearest = null;
        int fewest = MOST_SLIPS + 1;
        for (String candidate : known) {
            int slips = distance(word, candidate);
            if (slips == 0) {
                return null;
            }
            if (slips < fewest) {
                fewest = slips;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** The optimal string alignment distance: Levenshtein's, with swapped neighbours as one step (Damerau 1964). */
    static int distance(String left, String right) {
        int[][] steps = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : step(left, right, i, j, steps);
            }
        }
        return steps[left.length()][right.length()];
    }

    private static int step(String left, String right, int i, int j, int[][] steps) {
        int replaced = steps[i - 1][j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        int fewest = Math.min(replaced, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
        boolean swapped = i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        return swapped ? Math.min(fewest, steps[i - 2][j - 2] + 1) : fewest;
    }
}
