package dev.wellhead.backup.internal;

import dev.wellhead.jdbc.internal.TableFingerprint;
import dev.wellhead.jdbc.internal.TableName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a backup consists of and what its restore must look like. Written last: a backup without a manifest is none.
 * Holds no secret.
 *
 * @param id the backup's id
 * @param kind of database, as {@code postgresql} or {@code sqlite}
 * @param database its name, for people
 * @param createdAt when it was begun
 * @param schemaFingerprint what the host's schema source said of itself; empty if the backup carries its schema
 * @param properties what else the kind of database needs to know, by name
 * @param parts the files, in the order in which they were written
 * @param tables what every table held in the backup's snapshot
 * @param sequences where the sequences stood
 */
public record Manifest(
        String id,
        String kind,
        String database,
        Instant createdAt,
        String schemaFingerprint,
        Map<String, String> properties,
        List<Part> parts,
        List<Table> tables,
        List<Sequence> sequences) {
    /** The file's name within a backup. */
    public static final String FILE = "manifest.json";

    /** More than the manifest of any database that people have; a larger file is not read. */
    public static final int MAX_BYTES = 64 << 20;

    private static final String SEAL = "backup-manifest";
    private static final int FORMAT = 2;

    /** Copies the collections. */
    public Manifest {
        properties = Map.copyOf(properties);
        parts = List.copyOf(parts);
        tables = List.copyOf(tables);
        sequences = List.copyOf(sequences);
    }

    /**
     * One stored file.
     *
     * @param name within the backup's parts
     * @param bytes as stored
     * @param rawBytes as unpacked
     * @param sha256 of the stored bytes
     */
    public record Part(String name, long bytes, long rawBytes, String sha256) {}

    /**
     * One table.
     *
     * @param name its full name
     * @param content how many rows it held, and their hash
     * @param part the part that holds its rows
     * @param format how the part holds them, as {@code text} or {@code sqlite}
     * @param columns which columns the part holds, in this order
     */
    public record Table(TableName name, TableFingerprint content, String part, String format, List<String> columns) {}

    /**
     * One sequence.
     *
     * @param name its full name
     * @param last its last value
     * @param called whether that value was handed out
     */
    public record Sequence(TableName name, long last, boolean called) {
        /** Returns its form in JSON. */
        public Map<String, Object> json() {
            Map<String, Object> json = named(name);
            json.put("last", last);
            json.put("called", called);
            return json;
        }

        /** Reads its form in JSON. */
        public static Sequence of(JsonObject json) throws DamagedException {
            return new Sequence(Manifest.name(json), json.number("last"), json.flag("called"));
        }
    }

    /** Returns how many bytes all parts take in the store. */
    public long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /** Returns how many bytes all parts come to, unpacked. */
    public long rawBytes() {
        return parts.stream().mapToLong(Part::rawBytes).sum();
    }

    /** Returns how many rows all tables hold. */
    public long rows() {
        return tables.stream().mapToLong(table -> table.content().rows()).sum();
    }

    /** Returns the tables, those of the largest parts first. */
    public List<Table> tablesLargestFirst() {
        Map<String, Long> sizes = new HashMap<>();
        for (Part part : parts) {
            sizes.put(part.name(), part.rawBytes());
        }
        return tables.stream()
                .sorted(Comparator.comparing((Table table) -> sizes.getOrDefault(table.part(), 0L))
                        .reversed())
                .toList();
    }

    /**
     * Returns the part of this name.
     *
     * @throws DamagedException if there is none
     */
    public Part part(String name) throws DamagedException {
        for (Part part : parts) {
            if (part.name().equals(name)) {
                return part;
            }
        }
        throw new DamagedException("the manifest lists no part '" + name + "'");
    }

    /**
     * Returns the part that was begun by this name, however it is packed.
     *
     * @throws DamagedException if there is none
     */
    public Part partNamed(String name) throws DamagedException {
        for (Part part : parts) {
            if (part.name().equals(name + Codec.of(part.name()).suffix())) {
                return part;
            }
        }
        throw new DamagedException("the manifest lists no part '" + name + "'");
    }

    /** Returns the property of this name, empty if there is none. */
    public String property(String name) {
        return properties.getOrDefault(name, "");
    }

    /** Returns the file's content. */
    public byte[] toBytes() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id);
        body.put("kind", kind);
        body.put("database", database);
        body.put("createdAt", createdAt.toString());
        body.put("schemaFingerprint", schemaFingerprint);
        body.put("properties", new TreeMap<>(properties));
        body.put("parts", parts.stream().map(Manifest::json).toList());
        body.put("tables", tables.stream().map(Manifest::json).toList());
        body.put("sequences", sequences.stream().map(Sequence::json).toList());
        return SealedJson.seal(SEAL, FORMAT, body);
    }

    /**
     * Reads the file's content.
     *
     * @throws DamagedException if it was changed, is of a newer format, or not the manifest of this backup
     */
    public static Manifest of(String id, byte[] content) throws DamagedException {
        JsonObject body = SealedJson.open(SEAL, FORMAT, content);
        if (!body.text("id").equals(id)) {
            throw new DamagedException("the manifest is that of another backup");
        }
        Map<String, String> properties = new LinkedHashMap<>();
        JsonObject given = body.object("properties");
        for (String name : given.fields().keySet()) {
            properties.put(name, given.text(name));
        }
        List<Part> parts = new ArrayList<>();
        for (JsonObject part : body.objects("parts")) {
            parts.add(part(part));
        }
        List<Table> tables = new ArrayList<>();
        for (JsonObject table : body.objects("tables")) {
            tables.add(table(table));
        }
        List<Sequence> sequences = new ArrayList<>();
        for (JsonObject sequence : body.objects("sequences")) {
            sequences.add(Sequence.of(sequence));
        }
        return new Manifest(
                id,
                body.text("kind"),
                body.text("database"),
                instant(body, "createdAt"),
                body.text("schemaFingerprint"),
                properties,
                parts,
                tables,
                sequences);
    }

    /** Returns a field that is a point in time. */
    static Instant instant(JsonObject object, String name) throws DamagedException {
        try {
            return Instant.parse(object.text(name));
        } catch (DateTimeException e) {
            throw new DamagedException("field '" + name + "' must be a point in time", e);
        }
    }

    private static Map<String, Object> json(Part part) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", part.name());
        json.put("bytes", part.bytes());
        json.put("rawBytes", part.rawBytes());
        json.put("sha256", part.sha256());
        return json;
    }

    private static Map<String, Object> json(Table table) {
        Map<String, Object> json = named(table.name());
        json.put("rows", table.content().rows());
        json.put("hash", table.content().hash());
        json.put("part", table.part());
        json.put("format", table.format());
        json.put("columns", table.columns());
        return json;
    }

    private static Map<String, Object> named(TableName name) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", name.schema());
        json.put("name", name.name());
        return json;
    }

    private static Part part(JsonObject json) throws DamagedException {
        return new Part(json.text("name"), json.count("bytes"), json.count("rawBytes"), json.text("sha256"));
    }

    private static Table table(JsonObject json) throws DamagedException {
        return new Table(
                name(json),
                new TableFingerprint(json.count("rows"), json.text("hash")),
                json.text("part"),
                json.text("format"),
                json.texts("columns"));
    }

    private static TableName name(JsonObject json) throws DamagedException {
        return new TableName(json.text("schema"), json.text("name"));
    }
}
