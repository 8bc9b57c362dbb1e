package dev.wellhead.ratelimit;

import java.util.HashMap;
import java.util.Map;

/** A fixed window that forgets nothing: how much was taken in each window since 1970, by the window's number. */
final class WindowModel implements Model {
    private long permits;
    private final long perMicros;
    private final Map<Long, Long> takenByWindow = new HashMap<>();
    private long nowMicros;

    WindowModel(Limit limit) {
        permits = limit.permits();
        perMicros = limit.per().toNanos() / 1_000;
    }

    @Override
    public void by(Limit limit) {
        permits = limit.permits();
    }

    @Override
    public void passTo(long micros) {
        nowMicros = micros;
    }

    @Override
    public boolean has(long cost) {
        return cost <= permits - taken();
    }

    @Override
    public void take(long cost) {
        takenByWindow.merge(window(), cost, Long::sum);
    }

    @Override
    public long remaining() {
        return Math.max(0, permits - taken());
    }

    private long taken() {
        return takenByWindow.getOrDefault(window(), 0L);
    }

    @Override
    public long microsUntil(long cost) {
        return has(cost) ? 0 : untilNextWindow();
    }

    @Override
    public long microsUntilFull() {
        return taken() == 0 ? 0 : untilNextWindow();
    }

    private long window() {
        return nowMicros / perMicros;
    }

    private long untilNextWindow() {
        return (window() + 1) * perMicros - nowMicros;
    }
}
