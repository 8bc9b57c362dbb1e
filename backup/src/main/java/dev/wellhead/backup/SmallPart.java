package dev.wellhead.backup;

import dev.wellhead.backup.internal.Json;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.PartWriter;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A part of text that is written, and read, as a whole. */
final class SmallPart {
    private SmallPart() {}

    /** @param name as {@link PartWriter#create} takes it */
    static Manifest.Part write(Storage.Draft draft, String name, String text) throws IOException {
        try (PartWriter part = PartWriter.create(draft, name)) {
            part.write(text.getBytes(StandardCharsets.UTF_8));
            return part.finish();
        }
    }

    /** Returns whether a backup has a part that was written by this name. */
    static boolean isIn(Manifest manifest, String name) {
        return manifest.parts().stream().anyMatch(part -> part.name().startsWith(name));
    }

    static String text(Storage storage, Manifest manifest, String name) throws IOException {
        return new String(bytes(storage, manifest, name), StandardCharsets.UTF_8);
    }

    /** Returns what the part holds as JSON. */
    static Object json(Storage storage, Manifest manifest, String name) throws IOException {
        return Json.read(bytes(storage, manifest, name));
    }

    private static byte[] bytes(Storage storage, Manifest manifest, String name) throws IOException {
        try (PartReader part = PartReader.open(storage, manifest.id(), manifest.partNamed(name))) {
            return part.readAllBytes();
        }
    }
}
