package dev.wellhead.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** The script on a clock of the test's: the same text, but that now is its last argument, and keys live longer. */
final class GivenTimeScript extends LimitScript {
    private final LongSupplier micros;

    GivenTimeScript(LongSupplier micros) {
        this(micros, text -> text);
    }

    GivenTimeScript(LongSupplier micros, UnaryOperator<String> fault) {
        super("local now = tonumber(ARGV[#ARGV])", 600_000, fault);
        this.micros = micros;
    }

    @Override
    List<byte[]> arguments(Ask ask, boolean take, long notAfterMicros) {
        List<byte[]> arguments = new ArrayList<>(super.arguments(ask, take, Long.MAX_VALUE));
        arguments.add(number(micros.getAsLong()));
        return arguments;
    }
}
