package dev.wellhead.backup.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The part of S3 that backups use, in memory, on loopback. It takes only what is signed as AWS wants it (Signature Version 4),
 * and can fail, tear an answer, or let one wait.
 */
public final class S3Stub implements AutoCloseable {
    /** The bucket that there is. */
    public static final String BUCKET = "backups";

    private static final String ACCESS_KEY = "AKIDEXAMPLE";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration IMPATIENCE = Duration.ofMillis(700);
    private static final String SECRET_KEY = "canary-secret-key";
    private static final String REGION = "eu-central-1";
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8}/[^/]+/s3/aws4_request), ?SignedHeaders=([^,]+), ?Signature=(\\w+)");
    private static final int PAGE = 3;

    private final SortedMap<String, Stored> objects = new ConcurrentSkipListMap<>();
    private final SortedMap<String, Upload> uploads = new ConcurrentSkipListMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Fault fault = (number, method, key) -> Effect.NONE;
    private volatile Duration age = Duration.ZERO;

    record Stored(byte[] content, Instant modified) {}

    private record Upload(String key, Instant initiated, SortedMap<Integer, byte[]> pieces) {}

    /** What becomes of a request. */
    enum Effect {
        NONE,
        /** It is answered with 503, and nothing is done. */
        REFUSED,
        /** It is carried out, and the connection ends in the middle of the answer. */
        TORN,
        /** It is carried out, and not answered. */
        STALLED
    }

    /** Says what becomes of the request of this number, from 0. */
    @FunctionalInterface
    interface Fault {
        Effect on(int number, String method, String key);
    }

    private record Answer(int status, String body, byte[] content, String tag) {
        static Answer xml(String body) {
            return new Answer(200, body, new byte[0], "");
        }

        static Answer error(int status, String code) {
            return new Answer(
                    status, "<Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>", new byte[0], "");
        }

        static Answer empty(int status, String tag) {
            return new Answer(status, "", new byte[0], tag);
        }
    }

    /** Starts it. */
    public S3Stub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Returns a client of it, which does not try again by itself. */
    public S3Client client() {
        return client(SECRET_KEY, PATIENCE);
    }

    /** Returns one that soon takes a request for lost, as it may be on a machine that is busy elsewhere. */
    S3Client impatientClient() {
        return client(SECRET_KEY, IMPATIENCE);
    }

    /** Returns one with another key. */
    S3Client client(String secretKey) {
        return client(secretKey, PATIENCE);
    }

    private S3Client client(String secretKey, Duration patience) {
        return S3Client.builder()
                .endpointOverride(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .region(Region.of(REGION))
                .forcePathStyle(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
                .overrideConfiguration(all -> all.retryStrategy(retry -> retry.maxAttempts(1)))
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(patience))
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, secretKey)))
                .build();
    }

    void fault(Fault next) {
        requests.set(0);
        fault = next;
    }

    /** Lets what is stored from now on be this old. */
    void age(Duration by) {
        age = by;
    }

    SortedMap<String, Stored> objects() {
        return objects;
    }

    int uploads() {
        return uploads.size();
    }

    int requests() {
        return requests.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            String begin = "/" + BUCKET;
            String key = path.startsWith(begin + "/") ? path.substring(begin.length() + 1) : "";
            String method = exchange.getRequestMethod();
            Effect effect = fault.on(requests.getAndIncrement(), method, key);
            String wrong = unsigned(exchange, body);
            Answer answer = !wrong.isEmpty()
                    ? Answer.error(403, wrong)
                    : effect == Effect.REFUSED
                            ? Answer.error(503, "SlowDown")
                            : answer(method, key, query(exchange), exchange, body);
            if (effect == Effect.STALLED) {
                closing.await();
                return;
            }
            send(exchange, answer, effect == Effect.TORN);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, Answer answer, boolean torn) throws IOException {
        byte[] content = answer.body.isEmpty() ? answer.content : answer.body.getBytes(StandardCharsets.UTF_8);
        if (!answer.tag.isEmpty()) {
            exchange.getResponseHeaders().set("ETag", answer.tag);
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
        }
        // More is promised than comes.
        long length = torn ? content.length + 1_000L : content.length;
        exchange.sendResponseHeaders(answer.status, head || length == 0 ? -1 : length);
        if (!head && content.length > 0) {
            exchange.getResponseBody().write(content, 0, torn ? content.length / 2 : content.length);
            exchange.getResponseBody().flush();
        }
    }

    private Answer answer(String method, String key, Map<String, String> query, HttpExchange exchange, byte[] body) {
        String upload = query.get("uploadId");
        return switch (method) {
            case "GET" -> query.containsKey("uploads") ? listUploads(query) : key.isEmpty() ? list(query) : get(key);
            case "HEAD" -> get(key);
            case "PUT" -> upload == null ? put(key, exchange, body) : putPiece(upload, query, body);
            case "POST" -> upload == null ? begin(key) : complete(upload);
            case "DELETE" -> upload == null ? delete(key) : abort(upload);
            default -> Answer.error(405, "MethodNotAllowed");
        };
    }

    private Answer get(String key) {
        Stored stored = objects.get(key);
        return stored == null
                ? Answer.error(404, "NoSuchKey")
                : new Answer(200, "", stored.content, tag(stored.content));
    }

    private Answer put(String key, HttpExchange exchange, byte[] body) {
        boolean onlyIfAbsent = "*".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
        Stored stored = new Stored(body, now());
        if (onlyIfAbsent) {
            return objects.putIfAbsent(key, stored) == null
                    ? Answer.empty(200, tag(body))
                    : Answer.error(412, "PreconditionFailed");
        }
        objects.put(key, stored);
        return Answer.empty(200, tag(body));
    }

    private Answer delete(String key) {
        objects.remove(key);
        return Answer.empty(204, "");
    }

    private Answer begin(String key) {
        String id = "upload-" + requests.get() + "-" + System.nanoTime();
        uploads.put(id, new Upload(key, now(), new ConcurrentSkipListMap<>()));
        return Answer.xml("<InitiateMultipartUploadResult><Bucket>" + BUCKET + "</Bucket><Key>" + key
                + "</Key><UploadId>" + id + "</UploadId></InitiateMultipartUploadResult>");
    }

    private Answer putPiece(String id, Map<String, String> query, byte[] body) {
        Upload upload = uploads.get(id);
        if (upload == null) {
            return Answer.error(404, "NoSuchUpload");
        }
        upload.pieces.put(Integer.valueOf(query.get("partNumber")), body);
        return Answer.empty(200, tag(body));
    }

    private Answer complete(String id) {
        Upload upload = uploads.remove(id);
        if (upload == null) {
            return Answer.error(404, "NoSuchUpload");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        upload.pieces.values().forEach(all::writeBytes);
        objects.put(upload.key, new Stored(all.toByteArray(), now()));
        return Answer.xml("<CompleteMultipartUploadResult><Key>" + upload.key + "</Key><ETag>\"all\"</ETag>"
                + "</CompleteMultipartUploadResult>");
    }

    private Answer abort(String id) {
        return uploads.remove(id) == null ? Answer.error(404, "NoSuchUpload") : Answer.empty(204, "");
    }

    private Answer list(Map<String, String> query) {
        String after = query.getOrDefault("continuation-token", "");
        List<Map.Entry<String, Stored>> found = objects.entrySet().stream()
                .filter(each -> each.getKey().startsWith(query.getOrDefault("prefix", "")))
                .filter(each -> each.getKey().compareTo(after) > 0)
                .toList();
        List<Map.Entry<String, Stored>> page = found.subList(0, Math.min(PAGE, found.size()));
        boolean more = page.size() < found.size();
        return Answer.xml("<ListBucketResult><IsTruncated>" + more + "</IsTruncated>"
                + (more ? "<NextContinuationToken>" + page.get(PAGE - 1).getKey() + "</NextContinuationToken>" : "")
                + page.stream()
                        .map(each -> "<Contents><Key>" + each.getKey() + "</Key><LastModified>"
                                + each.getValue().modified + "</LastModified><Size>" + each.getValue().content.length
                                + "</Size></Contents>")
                        .collect(Collectors.joining())
                + "</ListBucketResult>");
    }

    private Answer listUploads(Map<String, String> query) {
        return Answer.xml("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>"
                + uploads.entrySet().stream()
                        .filter(each -> each.getValue().key.startsWith(query.getOrDefault("prefix", "")))
                        .map(each -> "<Upload><Key>" + each.getValue().key + "</Key><UploadId>" + each.getKey()
                                + "</UploadId><Initiated>" + each.getValue().initiated + "</Initiated></Upload>")
                        .collect(Collectors.joining())
                + "</ListMultipartUploadsResult>");
    }

    private Instant now() {
        return Instant.now().minus(age);
    }

    private static String tag(byte[] content) {
        return "\"" + Arrays.hashCode(content) + "\"";
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new TreeMap<>();
        for (String each : rawQuery(exchange)) {
            int equals = each.indexOf('=');
            query.put(
                    decoded(equals < 0 ? each : each.substring(0, equals)),
                    equals < 0 ? "" : decoded(each.substring(equals + 1)));
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static List<String> rawQuery(HttpExchange exchange) {
        String raw = exchange.getRequestURI().getRawQuery();
        List<String> parts = new ArrayList<>(raw == null ? List.of() : Arrays.asList(raw.split("&")));
        parts.replaceAll(each -> each.indexOf('=') < 0 ? each + "=" : each);
        parts.sort(null);
        return parts;
    }

    /** Returns what is wrong with the signature; empty if nothing is. See AWS, "Signature Version 4 signing process". */
    private static String unsigned(HttpExchange exchange, byte[] body) throws GeneralSecurityException {
        String given = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        Matcher parts = AUTHORIZATION.matcher(given);
        if (!parts.matches() || !parts.group(1).equals(ACCESS_KEY)) {
            return "AccessDenied";
        }
        String sum = exchange.getRequestHeaders().getFirst("x-amz-content-sha256");
        boolean empty = body.length == 0 && "UNSIGNED-PAYLOAD".equals(sum);
        if (!empty && !sha256(body).equals(sum)) {
            return "XAmzContentSHA256Mismatch";
        }
        StringBuilder headers = new StringBuilder();
        for (String name : parts.group(3).split(";")) {
            headers.append(name)
                    .append(':')
                    .append(exchange.getRequestHeaders().getFirst(name).strip())
                    .append('\n');
        }
        String request = String.join(
                "\n",
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                String.join("&", rawQuery(exchange)),
                headers.toString(),
                parts.group(3),
                sum);
        String scope = parts.group(2);
        String toSign = String.join(
                "\n",
                "AWS4-HMAC-SHA256",
                exchange.getRequestHeaders().getFirst("x-amz-date"),
                scope,
                sha256(request.getBytes(StandardCharsets.UTF_8)));
        byte[] key = ("AWS4" + SECRET_KEY).getBytes(StandardCharsets.UTF_8);
        for (String step : scope.split("/")) {
            key = hmac(key, step);
        }
        return HexFormat.of().formatHex(hmac(key, toSign)).equals(parts.group(4)) ? "" : "SignatureDoesNotMatch";
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] content) throws GeneralSecurityException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(content))
                .toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
