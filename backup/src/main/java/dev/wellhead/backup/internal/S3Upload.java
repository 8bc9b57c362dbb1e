package dev.wellhead.backup.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Writes one object of any length in pieces, of which it holds one in memory. The object is there when the stream was closed
 * without a failure, and not before. For one thread.
 */
final class S3Upload extends PieceStream {
    // All but the last piece must have 5 MiB, and there may be 10,000: larger ones, the longer it gets.
    private static final int PIECE = 8 << 20;
    private static final int PIECES_OF_A_SIZE = 1_000;
    private static final int MOST_DOUBLINGS = 2;
    private static final String BYTES = "application/octet-stream";

    private final S3Client client;
    private final String bucket;
    private final String key;
    private final List<CompletedPart> sent = new ArrayList<>();
    // Also read by whoever ends the draft, once all who write to it have ended.
    private long written;
    private @Nullable String upload;
    private boolean failed;
    private boolean closed;

    S3Upload(S3Client client, String bucket, String key) {
        super(PIECE);
        this.client = client;
        this.bucket = bucket;
        this.key = key;
    }

    String key() {
        return key;
    }

    /** Returns how many bytes the object was given, once it is closed. */
    long written() {
        return written;
    }

    @Override
    int full(byte[] bytes, int count) throws IOException {
        sendPiece(bytes, count);
        return PIECE << Math.min(MOST_DOUBLINGS, sent.size() / PIECES_OF_A_SIZE);
    }

    private void sendPiece(byte[] bytes, int count) throws IOException {
        try {
            String id = upload;
            if (id == null) {
                id = S3Storage.call(
                                "begin upload of " + key,
                                () -> client.createMultipartUpload(
                                        request -> request.bucket(bucket).key(key)))
                        .uploadId();
                upload = id;
            }
            String uploadId = id;
            int number = sent.size() + 1;
            String tag = S3Storage.call(
                            "write piece " + number + " of " + key,
                            () -> client.uploadPart(
                                    request -> request.bucket(bucket)
                                            .key(key)
                                            .uploadId(uploadId)
                                            .partNumber(number),
                                    body(bytes, count)))
                    .eTag();
            sent.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            written += count;
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    // It may be asked for more than once, if the first try fails.
    private static RequestBody body(byte[] bytes, int count) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes, 0, count), count, BYTES);
    }

    @Override
    public void close() throws IOException {
        if (closed || failed) {
            return;
        }
        closed = true;
        if (upload == null) {
            S3Storage.call(
                    "write " + key,
                    () -> client.putObject(request -> request.bucket(bucket).key(key), body(piece(), length())));
            written += length();
            return;
        }
        sendPiece(piece(), length());
        String id = upload;
        S3Storage.call(
                "end upload of " + key,
                () -> client.completeMultipartUpload(request ->
                        request.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(sent))));
        upload = null;
    }

    /** Has the bucket forget what was sent of an object that was not finished. */
    void giveUp() {
        String id = upload;
        if (id == null) {
            return;
        }
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(id));
            upload = null;
        } catch (SdkException e) {
            // A sweep finds it once it is old enough.
            return;
        }
    }
}
