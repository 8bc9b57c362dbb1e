package dev.wellhead.backup.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes of a backup the one that a JVM with another codec at hand would have made. */
public final class Repacking {
    private Repacking() {}

    /** Puts it into another storage under the same id. */
    public static void copy(Storage from, String id, Codec codec, Storage to) throws IOException {
        Manifest manifest = Manifest.of(id, from.read(id, Manifest.FILE, Manifest.MAX_BYTES));
        Map<String, Manifest.Part> parts = new HashMap<>();
        List<Manifest.Part> inOrder = new ArrayList<>();
        try (Storage.Draft draft = to.begin(id)) {
            for (Manifest.Part part : manifest.parts()) {
                Manifest.Part repacked = repack(from, id, part, codec, draft);
                parts.put(part.name(), repacked);
                inOrder.add(repacked);
            }
            List<Manifest.Table> tables = new ArrayList<>();
            for (Manifest.Table table : manifest.tables()) {
                String part = parts.get(table.part()).name();
                tables.add(new Manifest.Table(table.name(), table.content(), part, table.format(), table.columns()));
            }
            draft.publish(new Manifest(
                            id,
                            manifest.kind(),
                            manifest.database(),
                            manifest.createdAt(),
                            manifest.schemaFingerprint(),
                            manifest.properties(),
                            inOrder,
                            tables,
                            manifest.sequences())
                    .toBytes());
        }
    }

    private static Manifest.Part repack(Storage from, String id, Manifest.Part part, Codec codec, Storage.Draft draft)
            throws IOException {
        String name = part.name().substring(0, part.name().lastIndexOf('.')) + codec.suffix();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (PartReader reader = PartReader.open(from, id, part);
                OutputStream out = codec.packing(packed)) {
            reader.transferTo(out);
        }
        try (OutputStream out = draft.create(name)) {
            out.write(packed.toByteArray());
        }
        return new Manifest.Part(name, packed.size(), part.rawBytes(), Digests.hex(packed.toByteArray()));
    }
}
