package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.CatalogObject;
import dev.wellhead.migrate.SchemaSnapshot.Change;
import dev.wellhead.migrate.SchemaSnapshot.Difference;
import dev.wellhead.migrate.internal.TextTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares two schemas object by object. All methods are pure. */
final class SchemaDifferences {
    // What goes with the table, view, routine or type that it is named after.
    private static final Set<String> PARTS = Set.of(
            "column",
            CatalogObject.COLUMN_ORDER,
            "constraint",
            "index",
            "trigger",
            "rule",
            "policy",
            "statistics",
            "sequence",
            "owner",
            "privilege");

    private SchemaDifferences() {}

    static List<Difference> between(
            SortedMap<SchemaSnapshot.Key, String> before, SortedMap<SchemaSnapshot.Key, String> after) {
        SortedMap<SchemaSnapshot.Key, Difference> found = new TreeMap<>();
        before.forEach((key, definition) -> {
            Difference difference = difference(key, definition, after.get(key));
            if (difference != null) {
                found.put(key, difference);
            }
        });
        after.forEach((key, definition) -> {
            if (!before.containsKey(key)) {
                found.put(key, new Difference(Change.ADDED, key.kind(), key.name(), null, definition));
            }
        });
        return withoutParts(found.values());
    }

    private static @Nullable Difference difference(SchemaSnapshot.Key key, String before, @Nullable String after) {
        if (after == null) {
            return new Difference(Change.MISSING, key.kind(), key.name(), before, null);
        }
        if (before.equals(after)) {
            return null;
        }
        if (!key.kind().equals(CatalogObject.COLUMN_ORDER)) {
            return new Difference(Change.CHANGED, key.kind(), key.name(), before, after);
        }
        // Columns that are on one side only have their own differences; the others must keep their order.
        return common(before, after).equals(common(after, before))
                ? null
                : new Difference(Change.REORDERED, key.kind(), key.name(), before, after);
    }

    private static List<String> common(String columns, String others) {
        List<String> common = new ArrayList<>(Arrays.asList(columns.split(", ", -1)));
        common.retainAll(new HashSet<>(Arrays.asList(others.split(", ", -1))));
        return common;
    }

    private static List<Difference> withoutParts(Collection<Difference> differences) {
        Set<String> missing = new HashSet<>();
        Set<String> added = new HashSet<>();
        for (Difference difference : differences) {
            if (!PARTS.contains(difference.kind())) {
                switch (difference.change()) {
                    case MISSING -> missing.add(difference.name());
                    case ADDED -> added.add(difference.name());
                    case CHANGED, REORDERED -> {}
                }
            }
        }
        return differences.stream()
                .filter(difference -> !PARTS.contains(difference.kind())
                        || switch (difference.change()) {
                            case MISSING -> !belongsTo(difference.name(), missing);
                            case ADDED -> !belongsTo(difference.name(), added);
                            case CHANGED, REORDERED -> true;
                        })
                .toList();
    }

    // The part's name is the whole's with more behind a dot or a blank.
    private static boolean belongsTo(String part, Set<String> wholes) {
        for (int i = part.length(); i > 0; i--) {
            boolean boundary = i == part.length() || part.charAt(i) == '.' || part.charAt(i) == ' ';
            if (boundary && wholes.contains(part.substring(0, i))) {
                return true;
            }
        }
        return false;
    }

    /** Adds a row for each difference to a table with five columns: change, kind, name, before, after. */
    static TextTable table(List<Difference> differences) {
        TextTable table = new TextTable("change", "kind", "name", "before", "after");
        for (Difference difference : differences) {
            table.row(
                    difference.change(),
                    difference.kind(),
                    difference.name(),
                    shortened(difference.before()),
                    shortened(difference.after()));
        }
        return table;
    }

    /** Returns a definition as it fits into a table. */
    static String shortened(@Nullable String definition) {
        if (definition == null) {
            return "-";
        }
        String line = definition.strip().replaceAll("\\s+", " ");
        return line.length() <= 72 ? line : line.substring(0, 69) + "...";
    }
}
