package dev.wellhead.spring;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Which status counts of several: the first of an order. Boot's own order passes over what it does not know, as DEGRADED. */
public final class StatusOrder {
    private static final List<String> DEFAULT = List.of("DOWN", "OUT_OF_SERVICE", "DEGRADED", "UP", "UNKNOWN");

    private StatusOrder() {}

    /**
     * Returns the code that counts.
     *
     * @param order what {@code management.endpoint.health.status.order} says; empty for ours
     * @param codes those of the parts
     */
    public static String worst(List<String> order, Collection<String> codes) {
        for (String wanted : order.isEmpty() ? DEFAULT : order) {
            for (String code : codes) {
                if (plain(code).equals(plain(wanted))) {
                    return code;
                }
            }
        }
        return "UNKNOWN";
    }

    private static String plain(String code) {
        return code.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }
}
