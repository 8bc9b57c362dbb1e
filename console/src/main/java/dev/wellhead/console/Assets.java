package dev.wellhead.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page's own files: a fixed few, read once. Nothing else of the class path or a disk can be asked for. Immutable. */
final class Assets {
    private static final Map<String, String> TYPES = Map.of(
            "", "text/html; charset=utf-8",
            "console.css", "text/css; charset=utf-8",
            "console.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final Map<String, Asset> assets;

    /** A file of the page. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Asset(String type, byte[] body) {}

    private Assets(Map<String, Asset> assets) {
        this.assets = assets;
    }

    static Assets load() {
        return new Assets(Map.of(
                "", read("", "console.html"),
                "console.css", read("console.css", "console.css"),
                "console.js", read("console.js", "console.js"),
                "icon.svg", read("icon.svg", "icon.svg")));
    }

    /** Returns the file of this path below the console's; null if there is none. */
    @Nullable Asset get(String path) {
        return assets.get(path);
    }

    private static Asset read(String path, String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("console: the jar has no " + resource + "; was it repackaged?");
            }
            return new Asset(TYPES.getOrDefault(path, "application/octet-stream"), in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("console: cannot read " + resource + " of its own jar", e);
        }
    }
}
