package dev.wellhead.ratelimit;

import java.util.HashMap;
import java.util.Map;

/** A fixed window that forgets nothing: how much was taken in each window since 1970, by the window's number. */
final class WindowModel implements Model {
    private final long permits;
    private final long perMicros;
    private final Map<Long, Long> takenByWindow = new HashMap<>();
    private long nowMicros;

    WindowModel(Limit limit) {
        permits = limit.permits();
        perMicros = limit.per().toNanos() / 1_000;
    }

    @Override
    public void passTo(long micros) {
        nowMicros = micros;
    }

    @Override
    public boolean has(long cost) {
        return cost <= remaining();
    }

    @Override
    public void take(long cost) {
        takenByWindow.merge(window(), cost, Long::sum);
    }

    @Override
    public long remaining() {
        return permits - takenByWindow.getOrDefault(window(), 0L);
    }

    @Override
    public long microsUntil(long cost) {
        return has(cost) ? 0 : untilNextWindow();
    }

    @Override
    public long microsUntilFull() {
        return remaining() == permits ? 0 : untilNextWindow();
    }

    private long window() {
        return nowMicros / perMicros;
    }

    private long untilNextWindow() {
        return (window() + 1) * perMicros - nowMicros;
    }
}
