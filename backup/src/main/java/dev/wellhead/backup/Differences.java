package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.core.Redaction;
import dev.wellhead.jdbc.internal.TableFingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Says, for people, how what was restored differs from what was backed up. */
final class Differences {
    private static final int SHOWN = 5;
    private static final int LONGEST = 300;

    private Differences() {}

    static List<String> ofSchema(SortedSet<String> wanted, SortedSet<String> found) {
        List<String> differences = new ArrayList<>();
        add(differences, "the schema lacks: ", wanted, found);
        add(differences, "the schema has besides: ", found, wanted);
        return differences;
    }

    static List<String> ofRights(SortedSet<String> wanted, SortedSet<String> found) {
        List<String> differences = new ArrayList<>();
        add(differences, "of rights it lacks: ", wanted, found);
        add(differences, "of rights it has besides: ", found, wanted);
        return differences;
    }

    static Optional<String> ofTable(Manifest.Table wanted, TableFingerprint found) {
        if (wanted.content().equals(found)) {
            return Optional.empty();
        }
        return Optional.of("table " + wanted.name() + " holds " + found.rows() + " rows, backed up were "
                + wanted.content().rows()
                + (wanted.content().rows() == found.rows() ? "; as many, but not the same" : ""));
    }

    private static void add(List<String> to, String words, SortedSet<String> lines, SortedSet<String> without) {
        SortedSet<String> left = new TreeSet<>(lines);
        left.removeAll(without);
        left.stream().limit(SHOWN).forEach(line -> to.add(words + shorten(line)));
        if (left.size() > SHOWN) {
            to.add(words + (left.size() - SHOWN) + " more");
        }
    }

    private static String shorten(String line) {
        String printable = Redaction.printable(line);
        return printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST) + "...";
    }
}
