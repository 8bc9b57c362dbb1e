package dev.wellhead.console;

import dev.wellhead.core.Health;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a health is written. */
final class Healths {
    private Healths() {}

    static Map<String, @Nullable Object> shown(Health health) {
        return Json.object("status", health.status(), "detail", health.detail());
    }
}
