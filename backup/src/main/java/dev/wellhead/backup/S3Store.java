package dev.wellhead.backup;

import dev.wellhead.backup.internal.S3Storage;
import java.nio.file.Path;
import software.amazon.awssdk.services.s3.S3Client;

/** Backups in S3, or in what speaks as it does. Needs {@code software.amazon.awssdk:s3} where Wellhead is. */
public final class S3Store {
    private S3Store() {}

    /**
     * Returns a store below a prefix of a bucket. Give each database a prefix of its own: retention counts all backups below it
     * as one line. The bucket must know conditional writes ({@code If-None-Match: *}), and no lifecycle rule may remove what is
     * younger than the oldest backup that is to be kept.
     *
     * @param client the host's, with its region, credentials, timeouts and retries; the host closes it
     * @param prefix as {@code app/production}; empty for the bucket itself
     * @param local a folder of this machine for files on the way, made with mode 0700; SQLite needs room for a copy there
     * @throws IllegalArgumentException if the prefix begins with a slash or holds an empty, {@code .} or {@code ..} segment
     */
    public static BackupStore of(S3Client client, String bucket, String prefix, Path local) {
        String whole = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
        if (("/" + whole).matches(".*/(|\\.|\\.\\.)/.*")) {
            throw new IllegalArgumentException(
                    "the prefix must be names with slashes in between, as app/production, was '" + prefix + "'");
        }
        return new BackupStore(new S3Storage(client, bucket, whole, local));
    }
}
