package dev.wellhead.pool;

import dev.wellhead.pool.SqlToken.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the columns from a condition that an index could serve: comparisons of a column with a value, joined by AND. Says
 * nothing of any other condition, since a hint that is wrong costs more than one that is missing.
 */
final class ComparedColumns {
    /**
     * A column that is compared with a value.
     *
     * @param qualifier the name of the table before the dot, null if there is none
     * @param cast the type it is cast to first, null if it is not
     */
    record Column(
            @Nullable String qualifier,
            String name,
            @Nullable String cast,
            boolean equality) {}

    private static final Set<String> RANGES = Set.of("<", "<=", ">", ">=");

    private static final Set<String> PART_OF_VALUE = Set.of("(", ")", "[", "]", "::", "-", ".", ",");

    private final List<Column> columns = new ArrayList<>();

    private ComparedColumns() {}

    /** Returns the columns of the condition in their order; empty if it is not as simple as that. */
    static Optional<List<Column>> of(List<SqlToken> condition) {
        ComparedColumns compared = new ComparedColumns();
        return !condition.isEmpty() && compared.addAll(condition)
                ? Optional.of(List.copyOf(compared.columns))
                : Optional.empty();
    }

    /** Returns the names in the order an index wants: those compared for equality, then one range at most. */
    static List<String> inIndexOrder(List<Column> columns) {
        Set<String> names = new LinkedHashSet<>();
        columns.stream().filter(Column::equality).forEach(column -> names.add(column.name));
        columns.stream()
                .filter(column -> !column.equality && !names.contains(column.name))
                .findFirst()
                .ifPresent(column -> names.add(column.name));
        return List.copyOf(names);
    }

    private boolean addAll(List<SqlToken> tokens) {
        List<SqlToken> inner = tokens;
        while (isEnclosed(inner)) {
            inner = inner.subList(1, inner.size() - 1);
        }
        List<List<SqlToken>> parts = split(inner);
        if (parts.size() == 1) {
            return addComparison(inner);
        }
        return parts.stream().allMatch(this::addAll);
    }

    private static boolean isEnclosed(List<SqlToken> tokens) {
        if (tokens.size() < 2 || !tokens.get(0).is("(")) {
            return false;
        }
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            depth += depth(tokens.get(i));
            if (depth == 0) {
                return i == tokens.size() - 1;
            }
        }
        return false;
    }

    private static int depth(SqlToken token) {
        return token.is("(") ? 1 : token.is(")") ? -1 : 0;
    }

    private static List<List<SqlToken>> split(List<SqlToken> tokens) {
        List<List<SqlToken>> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < tokens.size(); i++) {
            depth += depth(tokens.get(i));
            if (depth == 0 && tokens.get(i).is("and")) {
                parts.add(tokens.subList(from, i));
                from = i + 1;
            }
        }
        parts.add(tokens.subList(from, tokens.size()));
        return parts;
    }

    private boolean addComparison(List<SqlToken> tokens) {
        int operator = 0;
        int depth = 0;
        while (operator < tokens.size()
                && (depth > 0 || !isComparison(tokens.get(operator).text()))) {
            depth += depth(tokens.get(operator));
            operator++;
        }
        if (operator >= tokens.size() || !isValue(tokens.subList(operator + 1, tokens.size()))) {
            return false;
        }
        boolean equality = tokens.get(operator).text().equals("=");
        boolean list = tokens.get(operator + 1).is("any");
        return (equality || !list) && addColumn(tokens.subList(0, operator), equality);
    }

    private static boolean isComparison(String text) {
        return text.equals("=") || RANGES.contains(text);
    }

    /** Takes {@code column}, {@code table.column} and {@code (column)::type}. */
    private boolean addColumn(List<SqlToken> tokens, boolean equality) {
        int cast = 0;
        while (cast < tokens.size() && !tokens.get(cast).is("::")) {
            cast++;
        }
        String type = null;
        if (cast < tokens.size()) {
            if (cast + 2 != tokens.size() || !tokens.get(cast + 1).isName()) {
                return false;
            }
            type = tokens.get(cast + 1).name();
        }
        List<SqlToken> path = tokens.subList(0, cast);
        while (isEnclosed(path)) {
            path = path.subList(1, path.size() - 1);
        }
        if (path.size() == 1 && path.get(0).isName()) {
            return columns.add(new Column(null, path.get(0).name(), type, equality));
        }
        if (path.size() == 3
                && path.get(0).isName()
                && path.get(1).is(".")
                && path.get(2).isName()) {
            return columns.add(new Column(path.get(0).name(), path.get(2).name(), type, equality));
        }
        return false;
    }

    /** Returns whether this is a value whatever the row: a literal or parameter, cast or not, or {@code ANY} of a list. */
    private static boolean isValue(List<SqlToken> tokens) {
        boolean value = false;
        boolean inType = false;
        int depth = 0;
        for (int i = 0; i < tokens.size() && depth >= 0; i++) {
            SqlToken token = tokens.get(i);
            boolean fits = switch (token.kind()) {
                case TEXT, NUMBER, PLACEHOLDER -> true;
                case WORD -> inType || isBoolean(token) || (i == 0 && token.is("any"));
                case QUOTED -> inType;
                case SYMBOL -> PART_OF_VALUE.contains(token.text());
                default -> false;
            };
            if (!fits) {
                return false;
            }
            value |= isBoolean(token) || !(token.isName() || token.kind() == Kind.SYMBOL);
            depth += depth(token);
            // The words of a type follow each other, as in timestamp without time zone.
            inType = token.is("::") || (inType && (token.isName() || token.is(".")));
        }
        return value && depth == 0;
    }

    private static boolean isBoolean(SqlToken token) {
        return token.is("true") || token.is("false");
    }
}
