package dev.wellhead.backup;

import dev.wellhead.backup.internal.Json;
import dev.wellhead.backup.internal.JsonObject;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.PartWriter;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/** The part that describes the schema, in the lines of the catalogue: what a restore is compared with. */
final class SchemaPart {
    private static final String NAME = "schema.json";

    private SchemaPart() {}

    static Manifest.Part write(Storage.Draft draft, Collection<String> lines) throws IOException {
        try (PartWriter part = PartWriter.create(draft, NAME)) {
            part.write(Json.write(List.copyOf(lines)).getBytes(StandardCharsets.UTF_8));
            return part.finish();
        }
    }

    static List<String> read(Storage storage, Manifest manifest) throws IOException {
        try (PartReader part = PartReader.open(storage, manifest.id(), manifest.partNamed(NAME))) {
            return JsonObject.texts("schema", Json.read(part.readAllBytes()));
        }
    }
}
