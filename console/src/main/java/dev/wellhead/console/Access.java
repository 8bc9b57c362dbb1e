package dev.wellhead.console;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.wellhead.core.Redaction;
import dev.wellhead.core.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may see what. Thread-safe. */
final class Access {
    /*
     * Without a token: only programs of this machine, who speak to it by a name of this machine. A page of somebody else that
     * has its own name resolved to 127.0.0.1 (DNS rebinding) is told by that name, in the Host header; a proxy on this machine
     * that lets others in, by the headers that proxies add. Those that add none cannot be told, and so the documentation says to
     * set a token behind any proxy.
     *
     * With a token: whoever sends it. The page's own files hold no data, and are given to all, so that a person can be asked for
     * the token there. It is sent in a header, so no other site can have a browser send it.
     *
     * In both cases: no data for scripts and frames of other origins, told by the headers that browsers add.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final long SAY_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final Pattern LOOPBACK_HOST =
            Pattern.compile("(localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1])(:\\d{1,5})?");
    private static final List<String> OF_PROXIES =
            List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

    private final byte @Nullable [] tokenHash;
    private final Ticker ticker;
    private final AtomicLong unsaid = new AtomicLong();
    private final AtomicLong saidNanos;

    /** @param token null to let in whoever is on this machine */
    Access(@Nullable String token, Ticker ticker) {
        this.tokenHash = token == null ? null : hash(token);
        this.ticker = ticker;
        this.saidNanos = new AtomicLong(ticker.nanos() - SAY_EVERY_NANOS);
    }

    /** Why a request is not answered, for the one who sent it. */
    record Refusal(int status, String why) {}

    boolean asksForToken() {
        return tokenHash != null;
    }

    /**
     * Returns why the request is refused; null if it is not.
     *
     * @param data whether it asks for more than the page's own files
     */
    @Nullable Refusal refuse(HttpExchange exchange, boolean data) {
        Headers headers = exchange.getRequestHeaders();
        if (tokenHash == null) {
            Refusal stranger = refuseStranger(exchange.getRemoteAddress(), headers);
            if (stranger != null) {
                return stranger;
            }
        }
        if (!data) {
            return null;
        }
        if (isOfOtherOrigin(headers)) {
            return new Refusal(403, "not for pages of another origin");
        }
        return tokenHash == null || isToken(headers.get("Authorization"), tokenHash) ? null : refuseToken(exchange);
    }

    private static @Nullable Refusal refuseStranger(@Nullable InetSocketAddress sender, Headers headers) {
        InetAddress address = sender == null ? null : sender.getAddress();
        if (address == null || !address.isLoopbackAddress()) {
            return new Refusal(403, "this console answers programs of its own machine only; see token(...)");
        }
        if (OF_PROXIES.stream().anyMatch(headers::containsKey)) {
            return new Refusal(403, "this console answers no proxy; see token(...)");
        }
        List<String> hosts = headers.get("Host");
        if (hosts == null
                || hosts.size() != 1
                || !LOOPBACK_HOST.matcher(hosts.get(0).toLowerCase(Locale.ROOT)).matches()) {
            return new Refusal(403, "this console answers to localhost, 127.0.0.1 and [::1] only; see token(...)");
        }
        return null;
    }

    private static boolean isOfOtherOrigin(Headers headers) {
        String site = headers.getFirst("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        String origin = headers.getFirst("Origin");
        String host = headers.getFirst("Host");
        return origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host);
    }

    private static boolean isToken(@Nullable List<String> authorization, byte[] tokenHash) {
        if (authorization == null || authorization.size() != 1) {
            return false;
        }
        String value = authorization.get(0);
        String scheme = "Bearer ";
        // Hashes have one length, and are compared in a time that does not depend on where they differ.
        return value.regionMatches(true, 0, scheme, 0, scheme.length())
                && MessageDigest.isEqual(tokenHash, hash(value.substring(scheme.length())));
    }

    private Refusal refuseToken(HttpExchange exchange) {
        if (!exchange.getRequestHeaders().containsKey("Authorization")) {
            return new Refusal(401, "a token is needed: Authorization: Bearer ...");
        }
        unsaid.incrementAndGet();
        long said = saidNanos.get();
        long now = ticker.nanos();
        if (now - said >= SAY_EVERY_NANOS && saidNanos.compareAndSet(said, now)) {
            LOG.warn(
                    "console: {} requests with a wrong token since the last such line, the last one from {}; if nobody"
                            + " of yours mistyped it, see who can reach this address",
                    unsaid.getAndSet(0),
                    Redaction.printable(String.valueOf(exchange.getRemoteAddress())));
        }
        return new Refusal(401, "this is not the token");
    }

    private static byte[] hash(String token) {
        return Hashes.sha256().digest(token.getBytes(StandardCharsets.UTF_8));
    }
}
