package dev.wellhead.backup;

import dev.wellhead.backup.internal.DamagedException;
import dev.wellhead.backup.internal.Json;
import dev.wellhead.backup.internal.JsonObject;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who owns what in a PostgreSQL database and who may do what with it, what its sessions begin with, and its comment: all
 * that leads beyond the database, since roles belong to the server.
 *
 * @param owners a statement for each object
 * @param grants what was granted and revoked, in this order
 * @param ofDatabase what is told of the database itself
 * @param lines the same of the objects in the words of the catalogue, which a restore is compared with besides
 * @param roles the roles that it all names
 */
record Rights(List<String> owners, List<Grant> grants, List<OfDatabase> ofDatabase, List<String> lines, Roles roles) {
    private static final String PART = "rights.json";

    /**
     * What was granted, or revoked from those who have it unasked.
     *
     * @param sql the statement
     * @param undo what takes it back; empty if it was read from a backup
     */
    record Grant(String sql, String undo) {}

    /**
     * A statement on the database itself, which may have another name when it comes back.
     *
     * @param words what it is, for messages: a value may be a secret
     * @param head what stands before the name
     * @param tail what stands behind the name
     * @param grantee the role that it grants something to, or revokes it from; else empty
     */
    record OfDatabase(String words, String head, String tail, String grantee) {}

    /**
     * Names of roles, in quotes where they need some.
     *
     * @param inPolicies those without which the schema itself cannot be made
     * @param named all others that must be there
     * @param acting those of them for which whoever restores must be able to act
     * @param owner who owns the database; given it if whoever restores can, as it need not be a matter of the backup
     */
    record Roles(List<String> inPolicies, List<String> named, List<String> acting, String owner) {}

    Manifest.Part write(Storage.Draft draft) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("owners", owners);
        body.put("grants", grants.stream().map(Grant::sql).toList());
        body.put("database", ofDatabase.stream().map(Rights::json).toList());
        body.put("lines", lines);
        body.put("policyRoles", roles.inPolicies());
        body.put("roles", roles.named());
        body.put("actingRoles", roles.acting());
        body.put("databaseOwner", roles.owner());
        return SmallPart.write(draft, PART, Json.write(body));
    }

    private static Map<String, Object> json(OfDatabase of) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("words", of.words());
        json.put("head", of.head());
        json.put("tail", of.tail());
        json.put("grantee", of.grantee());
        return json;
    }

    /** Returns whether a backup carries any: one of a replayed schema, or of an older version, does not. */
    static boolean areIn(Manifest manifest) {
        return SmallPart.isIn(manifest, PART);
    }

    /** Reads what a backup carries. */
    static Rights read(Storage storage, Manifest manifest) throws IOException {
        return of(JsonObject.of(SmallPart.json(storage, manifest, PART)));
    }

    private static Rights of(JsonObject body) throws DamagedException {
        List<OfDatabase> ofDatabase = new ArrayList<>();
        for (JsonObject json : body.objects("database")) {
            ofDatabase.add(
                    new OfDatabase(json.text("words"), json.text("head"), json.text("tail"), json.text("grantee")));
        }
        return new Rights(
                body.texts("owners"),
                body.texts("grants").stream().map(sql -> new Grant(sql, "")).toList(),
                ofDatabase,
                body.texts("lines"),
                new Roles(
                        body.texts("policyRoles"),
                        body.texts("roles"),
                        body.texts("actingRoles"),
                        body.text("databaseOwner")));
    }
}
