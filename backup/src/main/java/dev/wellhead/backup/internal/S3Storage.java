package dev.wellhead.backup.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Backups in a bucket: {@code manifests/<id>.json}, {@code verdicts/<id>.json} and {@code parts/<id>/...} below a prefix. A
 * backup is there from the moment on at which its manifest is, which is put last, and only where there is none.
 */
public final class S3Storage implements Storage {
    /*
     * Nothing tells whether the process that uploads something is alive. So what has no manifest is swept only when all of it
     * is days old; and whoever publishes looks first whether its parts are all there.
     */
    private static final Duration LEFT_BEHIND = Duration.ofDays(2);
    private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");
    private static final String JSON = ".json";
    private static final int PRECONDITION_FAILED = 412;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final S3Client client;
    private final String bucket;
    private final String prefix;
    private final DirectoryStorage local;

    /**
     * @param prefix of all keys, ending in a slash, or empty
     * @param local a folder for files on the way
     */
    public S3Storage(S3Client client, String bucket, String prefix, Path local) {
        this.client = client;
        this.bucket = bucket;
        this.prefix = prefix;
        this.local = new DirectoryStorage(local);
    }

    /** What is asked of the bucket. */
    @FunctionalInterface
    interface Call<T> {
        T run();
    }

    /** Carries it out, with exceptions that callers of a storage know. */
    static <T> T call(String what, Call<T> call) throws IOException {
        try {
            return call.run();
        } catch (NoSuchKeyException e) {
            throw noSuchFile(what, e);
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND && !"NoSuchBucket".equals(code(e))) {
                throw noSuchFile(what, e);
            }
            throw new IOException(what + ": " + e.getMessage(), e);
        } catch (SdkException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }

    private static String code(S3Exception e) {
        return e.awsErrorDetails() == null
                ? ""
                : String.valueOf(e.awsErrorDetails().errorCode());
    }

    private static NoSuchFileException noSuchFile(String what, Exception cause) {
        NoSuchFileException failure = new NoSuchFileException(what);
        failure.initCause(cause);
        return failure;
    }

    @Override
    public Draft begin(String id) throws IOException {
        return new UploadedDraft(requireId(id));
    }

    @Override
    public List<String> ids() throws IOException {
        List<String> ids = new ArrayList<>();
        String from = prefix + "manifests/";
        for (S3Object object : list(from)) {
            String name = object.key().substring(from.length());
            String id = name.endsWith(JSON) ? name.substring(0, name.length() - JSON.length()) : "";
            if (BackupIds.isValid(id)) {
                ids.add(id);
            }
        }
        ids.sort(null);
        return ids;
    }

    private List<S3Object> list(String from) throws IOException {
        return call("list " + from, () -> {
            List<S3Object> objects = new ArrayList<>();
            client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(from))
                    .contents()
                    .forEach(objects::add);
            return objects;
        });
    }

    @Override
    public byte[] read(String id, String file, int limit) throws IOException {
        String key = small(id, file);
        try (ResponseInputStream<GetObjectResponse> in = get(key)) {
            byte[] content = in.readNBytes(limit + 1);
            if (content.length > limit) {
                in.abort();
                throw new DamagedException(file + " is larger than " + limit + " bytes");
            }
            return content;
        } catch (SdkException e) {
            throw new IOException("read " + key + ": " + e.getMessage(), e);
        }
    }

    private ResponseInputStream<GetObjectResponse> get(String key) throws IOException {
        return call(
                "read " + key,
                () -> client.getObject(request -> request.bucket(bucket).key(key)));
    }

    @Override
    public InputStream open(String id, String part) throws IOException {
        return get(partKey(id, part));
    }

    @Override
    public void annotate(String id, String file, byte[] content) throws IOException {
        String key = small(id, file);
        // Of a backup that somebody deletes meanwhile a verdict may be left, which says nothing of any other.
        call(
                "read " + small(id, Manifest.FILE),
                () -> client.headObject(request -> request.bucket(bucket).key(prefix + "manifests/" + id + JSON)));
        call(
                "write " + key,
                () -> client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(content)));
    }

    @Override
    public void delete(String id) throws IOException {
        String manifest = small(id, Manifest.FILE);
        call(
                "read " + manifest,
                () -> client.headObject(request -> request.bucket(bucket).key(manifest)));
        remove(manifest);
        remove(small(id, Verdict.FILE));
        removeParts(id);
    }

    private void remove(String key) throws IOException {
        call(
                "delete " + key,
                () -> client.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    private void removeParts(String id) throws IOException {
        for (S3Object object : list(prefix + "parts/" + id + "/")) {
            remove(object.key());
        }
    }

    @Override
    public void sweep() throws IOException {
        Map<String, Instant> newest = new HashMap<>();
        String from = prefix + "parts/";
        for (S3Object object : list(from)) {
            String name = object.key().substring(from.length());
            String id = name.substring(0, Math.max(0, name.indexOf('/')));
            newest.merge(id, object.lastModified(), (one, other) -> one.isAfter(other) ? one : other);
        }
        // Listed behind the parts: what was published in between counts.
        newest.keySet().removeAll(ids());
        Instant before = Instant.now().minus(LEFT_BEHIND);
        for (Map.Entry<String, Instant> left : newest.entrySet()) {
            if (BackupIds.isValid(left.getKey()) && left.getValue().isBefore(before)) {
                removeParts(left.getKey());
            }
        }
        List<MultipartUpload> uploads = call("list uploads of " + from, () -> {
            List<MultipartUpload> all = new ArrayList<>();
            client.listMultipartUploadsPaginator(
                            request -> request.bucket(bucket).prefix(from))
                    .uploads()
                    .forEach(all::add);
            return all;
        });
        for (MultipartUpload upload : uploads) {
            if (upload.initiated().isBefore(before)) {
                call(
                        "give up upload of " + upload.key(),
                        () -> client.abortMultipartUpload(request ->
                                request.bucket(bucket).key(upload.key()).uploadId(upload.uploadId())));
            }
        }
    }

    @Override
    public LeasedDirectory workspace() throws IOException {
        local.sweep();
        return local.workspace();
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }

    private String small(String id, String file) throws IOException {
        String folder = switch (file) {
            case Manifest.FILE -> "manifests/";
            case Verdict.FILE -> "verdicts/";
            default -> throw new DamagedException("no name of a file of ours");
        };
        return prefix + folder + requireId(id) + JSON;
    }

    // Names come from manifests, which somebody may have written by hand.
    private String partKey(String id, String part) throws IOException {
        if (!FILE_NAME.matcher(part).matches()) {
            throw new DamagedException("no name of a file of ours");
        }
        return prefix + "parts/" + requireId(id) + "/" + part;
    }

    private static String requireId(String id) throws IOException {
        if (!BackupIds.isValid(id)) {
            throw new NoSuchFileException("no id of a backup");
        }
        return id;
    }

    private final class UploadedDraft implements Draft {
        private final String id;
        private final Map<String, S3Upload> uploads = new ConcurrentHashMap<>();
        private boolean mayBePublished;

        UploadedDraft(String id) {
            this.id = id;
        }

        @Override
        public OutputStream create(String part) throws IOException {
            String key = partKey(id, part);
            S3Upload upload = new S3Upload(client, bucket, key);
            if (uploads.putIfAbsent(part, upload) != null) {
                throw new FileAlreadyExistsException(key);
            }
            return upload;
        }

        @Override
        public void publish(byte[] manifest) throws IOException {
            for (S3Upload upload : uploads.values()) {
                requireThere(upload);
            }
            String key = small(id, Manifest.FILE);
            mayBePublished = true;
            try {
                call(
                        "write " + key,
                        () -> client.putObject(
                                request -> request.bucket(bucket).key(key).ifNoneMatch("*"),
                                RequestBody.fromBytes(manifest)));
            } catch (IOException e) {
                // Perhaps only the answer was lost, and a second try then met the first.
                if (!isThere(manifest, e)) {
                    throw e.getCause() instanceof S3Exception s3
                                    && (s3.statusCode() == PRECONDITION_FAILED || s3.statusCode() == CONFLICT)
                            ? new IOException("a backup " + id + " is there already, made by somebody else", e)
                            : e;
                }
            }
        }

        private boolean isThere(byte[] manifest, IOException failure) {
            try {
                return Arrays.equals(read(id, Manifest.FILE, Manifest.MAX_BYTES), manifest);
            } catch (IOException e) {
                failure.addSuppressed(e);
                return false;
            }
        }

        private void requireThere(S3Upload upload) throws IOException {
            long length = call(
                            "look at " + upload.key(),
                            () -> client.headObject(
                                    request -> request.bucket(bucket).key(upload.key())))
                    .contentLength();
            if (length != upload.written()) {
                throw new IOException(upload.key() + " has " + length + " bytes in the store, and " + upload.written()
                        + " were sent");
            }
        }

        // A manifest that may have arrived, or may still, must not lose its parts: the next sweeps remove them
        // if none comes.
        @Override
        public void close() throws IOException {
            if (mayBePublished) {
                return;
            }
            for (S3Upload upload : uploads.values()) {
                upload.giveUp();
            }
            removeParts(id);
        }
    }
}
