package dev.wellhead.backup;

import dev.wellhead.backup.internal.Json;
import dev.wellhead.backup.internal.JsonObject;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** The part that describes the schema, in the lines of the catalogue: what a restore is compared with. */
final class SchemaPart {
    private static final String NAME = "schema.json";

    private SchemaPart() {}

    static Manifest.Part write(Storage.Draft draft, Collection<String> lines) throws IOException {
        return SmallPart.write(draft, NAME, Json.write(List.copyOf(lines)));
    }

    static List<String> read(Storage storage, Manifest manifest) throws IOException {
        return JsonObject.texts("schema", SmallPart.json(storage, manifest, NAME));
    }
}
