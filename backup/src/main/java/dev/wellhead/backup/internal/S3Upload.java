package dev.wellhead.backup.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
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
final class S3Upload extends OutputStream {
    // All but the last piece must have 5 MiB, and there may be 10,000: larger ones, the longer it gets.
    private static final int PIECE = 8 << 20;
    private static final int PIECES_OF_A_SIZE = 1_000;
    private static final int MOST_DOUBLINGS = 2;
    private static final String BYTES = "application/octet-stream";

    private final S3Client client;
    private final String bucket;
    private final String key;
    private final List<CompletedPart> sent = new ArrayList<>();
    private byte[] piece = new byte[PIECE];
    private int length;
    // Also read by whoever ends the draft, once all who write to it have ended.
    private long written;
    private @Nullable String upload;
    private boolean failed;
    private boolean closed;

    S3Upload(S3Client client, String bucket, String key) {
        this.client = client;
        this.bucket = bucket;
        this.key = key;
    }

    String key() {
        return key;
    }

    /** Returns how many bytes were written. */
    long written() {
        return written;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int at = offset;
        int left = count;
        while (left > 0) {
            if (length == piece.length) {
                sendPiece();
            }
            int taken = Math.min(left, piece.length - length);
            System.arraycopy(bytes, at, piece, length, taken);
            length += taken;
            at += taken;
            left -= taken;
        }
        written += count;
    }

    private void sendPiece() throws IOException {
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
                                    body()))
                    .eTag();
            sent.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            length = 0;
            int doublings = Math.min(MOST_DOUBLINGS, sent.size() / PIECES_OF_A_SIZE);
            if (piece.length != PIECE << doublings) {
                piece = new byte[PIECE << doublings];
            }
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    private RequestBody body() {
        byte[] bytes = piece;
        int count = length;
        // It may be asked for more than once, if the first try fails.
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
                    () -> client.putObject(request -> request.bucket(bucket).key(key), body()));
            return;
        }
        sendPiece();
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
