package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.Programs;
import dev.wellhead.testkit.RedisServer;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Takes the pictures of the documentation: the program runs on a terminal, and a browser draws what it wrote there. With {@code
 * -Dwellhead.cli.screenshots=true} they become those below docs/cli.
 */
class PicturesTest {
    private static final int COLUMNS = 118;
    private static final double SCALE = 1.5;
    private static final int LARGEST = 120_000;
    private static final Pattern ALL = Pattern.compile("(?!)");

    private static final Optional<Path> BROWSER = Programs.chromium();
    private static final Optional<Path> SCRIPT = Programs.find(List.of("script"));

    @TempDir
    private Path folder;

    private PostgresServer server;
    private Wellhead wellhead;

    @BeforeEach
    void begin() throws IOException {
        if (BROWSER.isEmpty() || SCRIPT.isEmpty()) {
            LoggerFactory.getLogger(PicturesTest.class)
                    .warn("no pictures: they take chromium and script (of util-linux)");
        }
        assumeThat(BROWSER).as("no chromium").isPresent();
        assumeThat(SCRIPT).as("no program 'script' to make a terminal with").isPresent();
        server = PostgresServer.builder().setting("max_connections", "60").start();
        server.administrate("create role app login createdb password 'canary-of-pictures'");
        server.administrate("create database orders owner app");
        migrations();
        wellhead = Wellhead.in(folder)
                .with("WELLHEAD_URL", server.url("orders"))
                .with("WELLHEAD_USER", "app")
                .with("WELLHEAD_PASSWORD", "canary-of-pictures")
                .with("WELLHEAD_STORE", "backups")
                .with("TERM", "xterm")
                .with("COLUMNS", String.valueOf(COLUMNS));
    }

    private void migrations() throws IOException {
        Path files = Files.createDirectories(folder.resolve("migrations"));
        Files.writeString(
                files.resolve("001_create_customers.sql"),
                "create table customers (id bigint primary key, name text not null, city text not null);\n"
                        + "insert into customers select n, 'customer ' || n, 'city ' || n % 90"
                        + " from generate_series(1, 40000) n;\n");
        Files.writeString(files.resolve("001_create_customers.down.sql"), "drop table customers;\n");
        Files.writeString(
                files.resolve("002_create_orders.sql"),
                "create table orders (id bigint primary key, customer_id bigint references customers, total int);\n"
                        + "insert into orders select n, n, n % 500 from generate_series(1, 40000) n;\n");
        Files.writeString(files.resolve("002_create_orders.down.sql"), "drop table orders;\n");
        Files.writeString(
                files.resolve("003_find_customers_by_city.sql"),
                "create index concurrently customers_city on customers (city);\n");
        Files.writeString(files.resolve("003_find_customers_by_city.down.sql"), "drop index customers_city;\n");
        // Each is alone, as it may not run in a transaction, and the second one fails: two orders may have
        // the same total.
        Files.writeString(
                files.resolve("004_find_orders.sql"),
                "create index concurrently orders_customer on orders (customer_id);\n"
                        + "create unique index concurrently orders_total on orders (total);\n");
        Files.writeString(
                files.resolve("005_remember_payment.sql"),
                "alter table orders add column paid_at timestamptz;\n"
                        + "alter table orders add constraint total_is_positive check (total >= 0) not valid;\n");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void picturesAreSmallEnoughForTheDocumentation() throws Exception {
        picture("plan", ALL, 0, "migrate", "plan");
        assertThat(wellhead.run("migrate", "up").code()).isEqualTo(ExitCodes.FAILED);
        picture("status", ALL, 0, "migrate", "status");
        picture("backup", Pattern.compile(" (4|5|6)\\d %"), 0, "backup", "create", "--rate", "400kB");
        try (RedisServer redis = RedisServer.builder()
                .setting("requirepass", "canary-of-redis")
                .setting("maxmemory", "64mb")
                .start()) {
            wellhead = wellhead.with("WELLHEAD_REDIS", redis.uri())
                    .with("WELLHEAD_REDIS_PASSWORD", "canary-of-redis")
                    .with("WELLHEAD_IGNORE", "WH-DOCTOR-006,WH-DOCTOR-022,WH-DOCTOR-023");
            picture("doctor", ALL, ExitCodes.FOUND, "doctor", "--pool-size", "10", "--instances", "6");
        }
    }

    private void picture(String name, Pattern moment, int code, String... arguments) throws Exception {
        Wellhead.Outcome outcome =
                Wellhead.outcome(wellhead.start(List.of("script", "-qec", Wellhead.line(arguments), "/dev/null")));
        assertThat(outcome.code()).as(outcome.all()).isEqualTo(code);
        assertThat(outcome.out()).contains("\u001b[").doesNotContain("canary-of");
        TerminalScreen screen = TerminalScreen.of(outcome.out(), moment);
        assertThat(screen.columns()).isLessThanOrEqualTo(COLUMNS);

        Path drawn = draw(name, "wellhead " + String.join(" ", arguments), screen);

        assertThat(Files.size(drawn)).as(name).isBetween(2_000L, (long) LARGEST);
        BufferedImage image = ImageIO.read(drawn.toFile());
        assertThat(image.getHeight()).isGreaterThan((int) (SCALE * 18 * screen.rows()));
        if (Boolean.getBoolean("wellhead.cli.screenshots")) {
            Path kept = Path.of(System.getProperty("wellhead.checkout"), "docs", "cli", name + ".png");
            Files.createDirectories(kept.getParent());
            Files.write(kept, Files.readAllBytes(drawn));
        }
    }

    private Path draw(String name, String typed, TerminalScreen screen) throws Exception {
        Path page = folder.resolve(name + ".html");
        Path drawn = folder.resolve(name + ".png");
        // A column is 0.602 of the size of the letters in all common fonts of this kind.
        int width = (int) Math.ceil(Math.max(screen.columns(), typed.length() + 2) * 13 * 0.603 + 2 * 18);
        int height = (screen.rows() + 1) * 19 + 2 * 14;
        Files.writeString(page, page(typed, screen, width, height));
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(
                        BROWSER.orElseThrow().toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-lcd-text",
                        "--no-first-run",
                        "--hide-scrollbars",
                        "--force-device-scale-factor=" + SCALE,
                        // Parts of a window may count as its frame.
                        "--window-size=" + (width + 200) + "," + (height + 400),
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--screenshot=" + drawn,
                        page.toUri().toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("HOME", folder.toString());
        Process process = builder.start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended && Files.exists(drawn)).as(Files.readString(log)).isTrue();
        BufferedImage cut =
                ImageIO.read(drawn.toFile()).getSubimage(0, 0, (int) (SCALE * width), (int) (SCALE * height));
        ImageIO.write(withFewColours(cut), "png", drawn.toFile());
        return drawn;
    }

    /** Returns the picture with 16 shades of each colour, which nobody sees and which makes the file a third as large. */
    private static BufferedImage withFewColours(BufferedImage picture) {
        Map<Integer, Integer> colours = new LinkedHashMap<>();
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        for (int i = 0; i < pixels.length; i++) {
            int shade = (pixels[i] & 0xf0f0f0) | (pixels[i] & 0xf0f0f0) >> 4;
            colours.putIfAbsent(shade, colours.size());
            pixels[i] = colours.get(shade);
        }
        assertThat(colours).hasSizeLessThanOrEqualTo(256);
        byte[] red = new byte[colours.size()];
        byte[] green = new byte[colours.size()];
        byte[] blue = new byte[colours.size()];
        colours.forEach((shade, index) -> {
            red[index] = (byte) (shade >> 16);
            green[index] = (byte) (shade >> 8);
            blue[index] = (byte) (int) shade;
        });
        BufferedImage indexed = new BufferedImage(
                picture.getWidth(),
                picture.getHeight(),
                BufferedImage.TYPE_BYTE_INDEXED,
                new IndexColorModel(8, colours.size(), red, green, blue));
        indexed.getRaster().setPixels(0, 0, picture.getWidth(), picture.getHeight(), pixels);
        return indexed;
    }

    /** A dark terminal with a border: it stands out on light pages and on dark ones. */
    private static String page(String typed, TerminalScreen screen, int width, int height) {
        String text = "<span class=\"s32\">$</span> " + typed + "\n";
        return "<!doctype html><meta charset=\"utf-8\"><style>"
                + "html, body { margin: 0; background: #1f242b; }"
                + "pre { margin: 0; box-sizing: border-box; width: " + width + "px; height: " + height
                + "px; padding: 14px 18px;"
                + " border: 1px solid #4b535e; background: #1f242b; color: #d5dae0;"
                + " font: 13px/19px \"DejaVu Sans Mono\", \"Liberation Mono\", Menlo, monospace; }"
                + ".s1 { font-weight: bold; color: #ffffff; }"
                + ".s31 { color: #ff8a80; } .s32 { color: #7ddb8f; } .s33 { color: #f2c46d; }"
                + "</style><pre>" + text + screen.html() + "</pre>";
    }
}
