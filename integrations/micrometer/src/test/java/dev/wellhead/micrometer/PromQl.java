package dev.wellhead.micrometer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of Prometheus' query language as dashboards and alerts need: reads an expression by its grammar, or throws, and
 * keeps what it asks for.
 */
final class PromQl {
    private static final Pattern TOKEN = Pattern.compile("\\s*(?:([0-9]+(?:\\.[0-9]+)?(?:ms|[smhdwy])?)"
            + "|([a-zA-Z_][a-zA-Z0-9_:]*)"
            + "|(\"(?:[^\"\\\\]|\\\\.)*\")"
            + "|(==|!=|<=|>=|=~|!~|[-+*/%^<>=(){}\\[\\],:]))");
    private static final Set<String> AGGREGATIONS = Set.of("sum", "min", "max", "avg", "count", "topk", "bottomk");
    private static final Set<String> FUNCTIONS = Set.of(
            "rate",
            "increase",
            "histogram_quantile",
            "clamp_min",
            "clamp_max",
            "max_over_time",
            "min_over_time",
            "absent",
            "changes",
            "time",
            "vector");
    private static final Set<String> OF_A_RANGE =
            Set.of("rate", "increase", "max_over_time", "min_over_time", "changes");
    private static final Set<String> BINARY =
            Set.of("+", "-", "*", "/", "%", "^", "==", "!=", "<", ">", "<=", ">=", "and", "or", "unless");

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private final List<Selector> selectors = new ArrayList<>();
    private final Set<String> grouped = new LinkedHashSet<>();
    private int at;

    /** What is asked of one metric. */
    record Selector(String metric, List<String> labels, boolean range) {}

    private PromQl(String text) {
        this.text = text;
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (end < text.stripTrailing().length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException("cannot read from '" + text.substring(end) + "' on: " + text);
            }
            tokens.add(matcher.group().strip());
            end = matcher.end();
        }
    }

    /** @throws IllegalArgumentException if this is no expression */
    static PromQl parse(String text) {
        PromQl query = new PromQl(text);
        query.expression();
        if (query.at < query.tokens.size()) {
            throw query.unexpected();
        }
        return query;
    }

    List<Selector> selectors() {
        return selectors;
    }

    /** Labels of by, on, ignoring and without. */
    Set<String> grouped() {
        return grouped;
    }

    private void expression() {
        boolean range = operand();
        while (BINARY.contains(peek())) {
            if (range) {
                throw new IllegalArgumentException("a range is no operand: " + text);
            }
            next();
            if (peek().equals("bool")) {
                next();
            }
            if (peek().equals("on") || peek().equals("ignoring")) {
                next();
                labels();
                if (peek().equals("group_left") || peek().equals("group_right")) {
                    next();
                    if (peek().equals("(")) {
                        labels();
                    }
                }
            }
            range = operand();
        }
        if (range) {
            throw new IllegalArgumentException("a range belongs into a function of ranges: " + text);
        }
    }

    /** Returns whether it is a range. */
    private boolean operand() {
        String token = next();
        if (token.equals("-")) {
            return operand();
        }
        if (token.equals("(")) {
            expression();
            expect(")");
            return false;
        }
        if (Character.isDigit(token.charAt(0)) || token.startsWith("\"")) {
            return false;
        }
        if (!Character.isLetter(token.charAt(0))) {
            at--;
            throw unexpected();
        }
        if (AGGREGATIONS.contains(token)) {
            aggregation();
            return false;
        }
        if (peek().equals("(")) {
            call(token);
            return false;
        }
        return selector(token);
    }

    private void aggregation() {
        boolean before = grouping();
        expect("(");
        expression();
        while (peek().equals(",")) {
            next();
            expression();
        }
        expect(")");
        if (!before) {
            grouping();
        }
    }

    private boolean grouping() {
        if (peek().equals("by") || peek().equals("without")) {
            next();
            labels();
            return true;
        }
        return false;
    }

    private void labels() {
        expect("(");
        while (!peek().equals(")")) {
            grouped.add(next());
            if (!peek().equals(")")) {
                expect(",");
            }
        }
        expect(")");
    }

    private void call(String function) {
        if (!FUNCTIONS.contains(function)) {
            throw new IllegalArgumentException("unknown function " + function + ": " + text);
        }
        expect("(");
        while (!peek().equals(")")) {
            if (OF_A_RANGE.contains(function)) {
                if (!operand()) {
                    throw new IllegalArgumentException(function + " wants a range: " + text);
                }
            } else {
                expression();
            }
            if (!peek().equals(")")) {
                expect(",");
            }
        }
        expect(")");
    }

    private boolean selector(String metric) {
        List<String> labels = new ArrayList<>();
        if (peek().equals("{")) {
            next();
            while (!peek().equals("}")) {
                labels.add(next());
                String operator = next();
                if (!Set.of("=", "!=", "=~", "!~").contains(operator)) {
                    at--;
                    throw unexpected();
                }
                String value = next();
                if (!value.startsWith("\"")) {
                    at--;
                    throw unexpected();
                }
                if (operator.endsWith("~")) {
                    Pattern.compile(value.substring(1, value.length() - 1));
                }
                if (!peek().equals("}")) {
                    expect(",");
                }
            }
            next();
        }
        boolean range = peek().equals("[");
        if (range) {
            next();
            duration();
            expect("]");
        }
        if (peek().equals("offset")) {
            next();
            duration();
        }
        selectors.add(new Selector(metric, List.copyOf(labels), range));
        return range;
    }

    private void duration() {
        if (!next().matches("[0-9]+(ms|[smhdwy])")) {
            at--;
            throw unexpected();
        }
    }

    private String peek() {
        return at < tokens.size() ? tokens.get(at) : "";
    }

    private String next() {
        if (at == tokens.size()) {
            throw new IllegalArgumentException("ends too early: " + text);
        }
        return tokens.get(at++);
    }

    private void expect(String token) {
        if (!peek().equals(token)) {
            throw unexpected();
        }
        at++;
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException("unexpected '" + peek() + "', token " + (at + 1) + ": " + text);
    }
}
