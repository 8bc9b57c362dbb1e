package dev.wellhead.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wellhead.testkit.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A headless Chromium of this machine, spoken to by the protocol of its developer tools. For one thread. */
final class Chromium implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Process process;
    private final Path folder;
    private final WebSocket socket;
    private final Replies replies;
    private final AtomicLong numbers = new AtomicLong();

    private Chromium(Process process, Path folder, WebSocket socket, Replies replies) {
        this.process = process;
        this.folder = folder;
        this.socket = socket;
        this.replies = replies;
    }

    static Chromium start(Path program) {
        try {
            Path folder = Files.createTempDirectory("chromium");
            Path log = folder.resolve("log");
            ProcessBuilder builder = new ProcessBuilder(
                            program.toString(),
                            "--headless=new",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--disable-dev-shm-usage",
                            "--no-first-run",
                            "--no-default-browser-check",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--disable-default-apps",
                            "--disable-extensions",
                            "--metrics-recording-only",
                            "--hide-scrollbars",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + folder.resolve("profile"),
                            "about:blank")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().put("HOME", folder.toString());
            Process process = builder.start();
            try {
                Replies replies = new Replies();
                WebSocket socket = HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .buildAsync(address(process, folder.resolve("profile/DevToolsActivePort"), log), replies)
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return new Chromium(process, folder, socket, replies);
            } catch (Exception e) {
                end(process);
                throw new IllegalStateException("Chromium is not to be spoken to: " + Files.readString(log), e);
            }
        } catch (IOException e) {
            throw new IllegalStateException("Chromium does not start", e);
        }
    }

    private static URI address(Process process, Path file, Path log) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.size() >= 2) {
                return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        throw new IOException("no port for the developer tools; it said: " + Files.readString(log));
    }

    /** Opens a page of this size, with nothing in it, no cache and no storage of other pages. */
    Page open(int width, int height) {
        String context =
                (String) send(null, "Target.createBrowserContext", Map.of()).get("browserContextId");
        String target =
                (String) send(null, "Target.createTarget", Map.of("url", "about:blank", "browserContextId", context))
                        .get("targetId");
        String session = (String) send(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId");
        Page page = new Page(session, context);
        for (String domain : List.of("Page", "Runtime", "Network", "Log", "Accessibility")) {
            page.send(domain + ".enable", Map.of());
        }
        page.size(width, height);
        return page;
    }

    @Override
    public void close() {
        socket.abort();
        end(process);
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                if (!file.toFile().delete()) {
                    file.toFile().deleteOnExit();
                }
            });
        } catch (IOException | java.io.UncheckedIOException e) {
            // Below target: a child of the browser may still have written there.
            folder.toFile().deleteOnExit();
        }
    }

    private static void end(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle one : all) {
            one.onExit().completeOnTimeout(one, 10, TimeUnit.SECONDS).join();
        }
    }

    private Map<String, Object> send(@Nullable String session, String method, Map<String, ?> parameters) {
        long number = numbers.incrementAndGet();
        CompletableFuture<Map<String, Object>> reply = replies.expect(number);
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", number);
        message.put("method", method);
        message.put("params", parameters);
        if (session != null) {
            message.put("sessionId", session);
        }
        try {
            socket.sendText(wire(message), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Map<String, Object> answer = reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (answer.containsKey("error")) {
                throw new IllegalStateException(method + ": " + answer.get("error"));
            }
            return StrictJson.object(answer.get("result"));
        } catch (IllegalStateException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(method + " got no answer", e);
        }
    }

    private static String wire(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What comes over the socket: replies, and events by session. */
    private static final class Replies implements WebSocket.Listener {
        private final Map<Long, CompletableFuture<Map<String, Object>>> awaited = new ConcurrentHashMap<>();
        private final List<Map<String, Object>> events = new CopyOnWriteArrayList<>();
        private final ReentrantLock textLock = new ReentrantLock();
        private final StringBuilder text = new StringBuilder();

        CompletableFuture<Map<String, Object>> expect(long number) {
            CompletableFuture<Map<String, Object>> reply = new CompletableFuture<>();
            awaited.put(number, reply);
            return reply;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            textLock.lock();
            try {
                text.append(data);
                if (last) {
                    Map<String, Object> message = StrictJson.readObject(text.toString());
                    text.setLength(0);
                    if (message.get("id") instanceof Long number) {
                        CompletableFuture<Map<String, Object>> reply = awaited.remove(number);
                        if (reply != null) {
                            reply.complete(message);
                        }
                    } else {
                        events.add(message);
                    }
                }
            } finally {
                textLock.unlock();
            }
            from.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            awaited.values().forEach(reply -> reply.completeExceptionally(error));
        }
    }

    /** A page, in a window of its own. */
    final class Page implements AutoCloseable {
        private static final Map<String, Integer> KEYS = Map.of(
                "Tab",
                9,
                "Enter",
                13,
                "Escape",
                27,
                " ",
                32,
                "End",
                35,
                "Home",
                36,
                "ArrowLeft",
                37,
                "ArrowUp",
                38,
                "ArrowRight",
                39,
                "ArrowDown",
                40);

        private final String session;
        private final String context;

        Page(String session, String context) {
            this.session = session;
            this.context = context;
        }

        private Map<String, Object> send(String method, Map<String, ?> parameters) {
            return Chromium.this.send(session, method, parameters);
        }

        void size(int width, int height) {
            send(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        }

        void dark(boolean dark) {
            send(
                    "Emulation.setEmulatedMedia",
                    Map.of(
                            "features",
                            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        }

        Page go(URI address) {
            send("Page.navigate", Map.of("url", address.toString()));
            await("document.readyState === 'complete' && location.href.startsWith('http')");
            return this;
        }

        /** Returns the value of an expression, or what its promise brings. */
        @Nullable Object eval(String expression) {
            Map<String, Object> answer = send(
                    "Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
            if (answer.containsKey("exceptionDetails")) {
                throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
            }
            return StrictJson.object(answer.get("result")).get("value");
        }

        String text(String selector) {
            return String.valueOf(
                    eval("[...document.querySelectorAll('" + selector + "')].map(e => e.innerText).join('\\n')"));
        }

        /** Waits until the expression is true. */
        void await(String expression) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!Objects.equals(eval("Boolean(" + expression + ")"), true)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError(
                            "waited in vain for " + expression + " on a page that says:\n" + text("body"));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }

        /** Waits until the text of these elements contains this one. */
        void awaitText(String selector, String wanted) {
            await("[...document.querySelectorAll('" + selector
                    + "')].some(e => (e.innerText ?? e.textContent).includes(" + wire(wanted) + "))");
        }

        void click(String selector) {
            eval("document.querySelector('" + selector + "').click()");
        }

        void press(String key) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("key", key);
            event.put("code", key.equals(" ") ? "Space" : key);
            event.put("windowsVirtualKeyCode", KEYS.get(key));
            event.put("type", "rawKeyDown");
            if (key.equals("Enter") || key.equals(" ")) {
                event.put("type", "keyDown");
                event.put("text", key.equals(" ") ? " " : "\r");
            }
            send("Input.dispatchKeyEvent", event);
            event.put("type", "keyUp");
            event.remove("text");
            send("Input.dispatchKeyEvent", event);
        }

        void type(String text) {
            send("Input.insertText", Map.of("text", text));
        }

        /** Returns what assistive programs are told: role and name of each thing that is not left out. */
        List<String> accessible() {
            List<String> told = new ArrayList<>();
            for (Object each : StrictJson.array(
                    send("Accessibility.getFullAXTree", Map.of()).get("nodes"))) {
                Map<String, Object> node = StrictJson.object(each);
                if (Objects.equals(node.get("ignored"), true) || !node.containsKey("role")) {
                    continue;
                }
                Object name = node.containsKey("name")
                        ? StrictJson.object(node.get("name")).get("value")
                        : "";
                told.add(StrictJson.object(node.get("role")).get("value") + ": " + name);
            }
            return told;
        }

        /** Takes a picture of what is seen, as PNG. */
        byte[] picture() {
            Object data =
                    send("Page.captureScreenshot", Map.of("format", "png")).get("data");
            return Base64.getDecoder().decode(String.valueOf(data).getBytes(StandardCharsets.US_ASCII));
        }

        /** Returns the addresses of everything that was asked for. */
        List<String> requests() {
            return events("Network.requestWillBeSent").stream()
                    .map(event -> String.valueOf(
                            StrictJson.object(event.get("request")).get("url")))
                    .toList();
        }

        /** Returns what the browser complained of: exceptions, refused by the policy, not found. */
        List<String> complaints() {
            List<String> complaints = new ArrayList<>();
            events("Runtime.exceptionThrown").forEach(event -> complaints.add(event.toString()));
            events("Log.entryAdded").forEach(event -> complaints.add(event.toString()));
            events("Runtime.consoleAPICalled").forEach(event -> complaints.add(event.toString()));
            return complaints;
        }

        private List<Map<String, Object>> events(String method) {
            return replies.events.stream()
                    .filter(event -> session.equals(event.get("sessionId")) && method.equals(event.get("method")))
                    .map(event -> StrictJson.object(event.get("params")))
                    .toList();
        }

        @Override
        public void close() {
            Chromium.this.send(null, "Target.disposeBrowserContext", Map.of("browserContextId", context));
        }
    }
}
