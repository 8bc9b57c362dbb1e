package dev.wellhead.ratelimit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How calls go to the scripts of {@link LimitLua}, and states come back. */
final class Wire {
    private static final long[] NONE = {};

    private Wire() {}

    static byte[] number(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    static void addCall(List<byte[]> arguments, Ask.Charge charge) {
        for (long argument : charge.algorithm().arguments(charge.cost())) {
            arguments.add(number(argument));
        }
    }

    static long numberAt(List<@Nullable Object> answer, int index) {
        return (Long) Objects.requireNonNull(answer.get(index), "a number is missing in the answer of Redis");
    }

    static String textAt(List<@Nullable Object> answer, int index) {
        return answer.get(index) instanceof byte[] text ? new String(text, StandardCharsets.UTF_8) : "";
    }

    /** Returns the state whose two numbers and text begin there. */
    static State stateAt(List<@Nullable Object> answer, int index) {
        return new State(numberAt(answer, index), numberAt(answer, index + 1), numbersAt(answer, index + 2));
    }

    // Each with a colon before it.
    private static long[] numbersAt(List<@Nullable Object> answer, int index) {
        if (!(answer.get(index) instanceof byte[] text) || text.length == 0) {
            return NONE;
        }
        String[] texts = new String(text, 1, text.length - 1, StandardCharsets.US_ASCII).split(":", -1);
        long[] numbers = new long[texts.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Long.parseLong(texts[i]);
        }
        return numbers;
    }
}
