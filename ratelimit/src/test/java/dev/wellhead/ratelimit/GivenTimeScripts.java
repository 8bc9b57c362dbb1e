package dev.wellhead.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** The scripts on a clock of the test's: the same text, but that now is their last argument, and keys live longer. */
final class GivenTimeScripts {
    private static final String CLOCK = "local now = tonumber(table.remove(ARGV))";
    private static final long GRACE_MILLIS = 600_000;

    private GivenTimeScripts() {}

    static Scripts at(LongSupplier micros) {
        return at(micros, text -> text);
    }

    /** @param fault is given the text of each script */
    static Scripts at(LongSupplier micros, UnaryOperator<String> fault) {
        return new Scripts(limit(micros, fault), combined(micros, fault), refund(micros, fault), new PermitScript());
    }

    static CombinedScript combined(LongSupplier micros, UnaryOperator<String> fault) {
        return new CombinedScript(CLOCK, GRACE_MILLIS, fault) {
            @Override
            List<byte[]> arguments(List<List<Run>> limits, long notAfterMicros) {
                return dated(super.arguments(limits, Long.MAX_VALUE), micros);
            }
        };
    }

    private static LimitScript limit(LongSupplier micros, UnaryOperator<String> fault) {
        return new LimitScript(CLOCK, GRACE_MILLIS, fault) {
            @Override
            List<byte[]> arguments(Ask ask, boolean take, long notAfterMicros) {
                return dated(super.arguments(ask, take, Long.MAX_VALUE), micros);
            }
        };
    }

    static RefundScript refund(LongSupplier micros, UnaryOperator<String> fault) {
        return new RefundScript(CLOCK, GRACE_MILLIS, fault) {
            @Override
            List<byte[]> arguments(List<Receipt.Charged> charged, long notAfterMicros) {
                return dated(super.arguments(charged, Long.MAX_VALUE), micros);
            }
        };
    }

    private static List<byte[]> dated(List<byte[]> arguments, LongSupplier micros) {
        List<byte[]> dated = new ArrayList<>(arguments);
        dated.add(Wire.number(micros.getAsLong()));
        return dated;
    }
}
