package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wellhead.console.Chromium.Page;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.testkit.Programs;
import dev.wellhead.testkit.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * The page in a real browser, over a real database and a real Redis. Where there is no Chromium nothing of this is proved, and
 * it says so.
 */
class BrowserTest {
    private static final int WIDE = 1440;
    private static final int TALL = 900;
    private static final String TOKEN = "a-token-of-24-characters";
    private static final Optional<Path> PROGRAM = Programs.chromium();

    @TempDir
    private static Path folder;

    private static Chromium browser;
    private static Shop shop;
    private static Console console;
    private static URI place;

    @BeforeEach
    void begin() throws IOException {
        if (PROGRAM.isEmpty()) {
            LoggerFactory.getLogger(BrowserTest.class)
                    .warn("unproved: no chromium; install one, or name it with -Dwellhead.test.chromium=PATH");
        }
        assumeThat(PROGRAM).as("unproved: no chromium").isPresent();
        if (browser == null) {
            browser = Chromium.start(PROGRAM.orElseThrow());
            shop = new Shop(folder);
            console = shop.console()
                    .sampling(TimeUnit.MILLISECONDS.toNanos(100), 600)
                    .build();
            place = console.start(0);
        }
    }

    @AfterAll
    static void end() {
        if (console != null) {
            console.close();
        }
        if (shop != null) {
            shop.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    private static Page open() {
        return browser.open(WIDE, TALL).go(place);
    }

    @Test
    void poolCardShowsWhoHoldsWhatFromWhereAndTheLastStatement() throws Exception {
        try (Page page = open();
                Holder holder = Holder.start("checkout-7", "select 40 + 2 as answer /* checkout */")) {
            page.awaitText("#pool-orders td", "checkout-7");

            page.awaitText("#pool-orders .sql", "select 40 + 2 as answer");
            page.await("[...document.querySelectorAll('#pool-orders dt')].some(e => e.innerText === 'Active'"
                    + " && e.nextElementSibling.innerText.startsWith('1'))");
            page.await("document.querySelector('#pool-orders summary').innerText.includes('BrowserTest')"
                    + " || document.querySelector('#pool-orders summary').innerText.includes('Holder')");
            page.click("#pool-orders summary");
            page.awaitText("#pool-orders .stack", "BrowserTest$Holder");
            holder.release();
            page.awaitText("#pool-orders .none", "Nobody holds a connection.");
        }
    }

    @Test
    void poolCardShowsThatCallersWaitAndForHowLong() throws Exception {
        try (Page page = open()) {
            List<Holder> holders = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                holders.add(Holder.start("holder-" + i, "select 1"));
            }
            Thread waiter = new Thread(() -> {
                try {
                    shop.execute("select 1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            waiter.start();

            page.await("[...document.querySelectorAll('#pool-orders dt')].some(e => e.innerText === 'Waiting'"
                    + " && e.nextElementSibling.innerText === '1')");
            page.awaitText("#pool-orders .pill", "degraded");
            page.awaitText("#pool-orders .why", "everything is lent");
            for (Holder holder : holders) {
                holder.close();
            }
            waiter.join();
            page.await("[...document.querySelectorAll('#pool-orders dt')].some(e => e.innerText === 'Wait p99'"
                    + " && /^[0-9.]+ (ms|s)/.test(e.nextElementSibling.innerText))");
            page.awaitText("#pool-orders .pill", "up");
        }
    }

    @Test
    void slowQueriesShowTheirPlanAsATree() throws Exception {
        shop.report();
        try (Page page = open()) {
            page.awaitText("#pool-orders .sql", "select c.city, count(*)");

            page.eval("[...document.querySelectorAll('#pool-orders tbody')].find(e => e.innerText.includes('c.city'))"
                    + ".querySelector('button').click()");

            page.await("document.querySelector('#pool-orders .plan ul ul')");
            page.awaitText("#pool-orders .plan", "public.orders");
            page.awaitText("#pool-orders .plan", "rows · cost");
            assertThat(page.eval("document.querySelector('#pool-orders button[aria-expanded=true]') !== null"))
                    .isEqualTo(true);
            page.click("#pool-orders button[aria-expanded=true]");
            page.await("[...document.querySelectorAll('.plan-row')].every(e => e.hidden)");
        }
    }

    @Test
    void aStatementThatIsSlowAgainKeepsItsRowAndItsOpenPlan() throws Exception {
        String row = "[...document.querySelectorAll('#pool-orders tbody')].filter(e => e.innerText.includes('c.city'))";
        shop.report();
        try (Page page = open()) {
            page.awaitText("#pool-orders .sql", "select c.city, count(*)");
            page.eval(row + "[0].querySelector('button').click()");
            page.await("document.querySelector('#pool-orders .plan ul')");
            long before = (Long) page.eval("Number(" + row + "[0].querySelector('[data-label=Times]').innerText)");

            shop.report();

            page.await(row + "[0].querySelector('[data-label=Times]').innerText === '" + (before + 1) + "'");
            assertThat(page.eval(row + ".length")).isEqualTo(1L);
            assertThat(page.eval(row + "[0].querySelector('.plan ul') !== null"))
                    .isEqualTo(true);
        }
    }

    @Test
    void cacheCardShowsBothTiersAndStampedesAvoided() throws Exception {
        try (Page page = open()) {
            long before = shop.cache.stats().processWaits();
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                readers.add(new Thread(() -> shop.cache.get(77_777L, key -> {
                    loading.countDown();
                    awaitQuietly(go);
                    return "value";
                })));
            }
            readers.forEach(Thread::start);
            loading.await();
            while (shop.cache.stats().processWaits() < before + 5) {
                Thread.onSpinWait();
            }
            go.countDown();
            for (Thread reader : readers) {
                reader.join();
            }
            for (int i = 0; i < 20; i++) {
                shop.customer(1);
            }

            long avoided = shop.cache.stats().processWaits();
            page.awaitText("#cache-customers .figures", avoided + " here, 0 in the fleet");
            page.await("/^[0-9]+ %/.test(document.querySelector('#cache-customers dd').innerText)");
            page.awaitText(
                    "#cache-customers .figures",
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d",
                            shop.cache.stats().nearHits(),
                            shop.cache.stats().nearHits() + shop.cache.stats().nearMisses()));
            page.awaitText("#cache-customers .legend", "far");
            page.await("document.querySelectorAll('#cache-customers path[d]').length > 2");
        }
    }

    @Test
    void limiterCardShowsWhoWasDeniedAsAHashAlone() {
        String key = "203.0.113.77";
        try (Page page = open()) {
            for (int i = 0; i < 45; i++) {
                shop.limiter.tryAcquire(Shop.PER_IP, key);
            }

            page.awaitText("#limiter-api td", shop.limiter.hash(key));
            page.awaitText("#limiter-api td", "per-ip");
            page.awaitText("#limiter-api .bars", "Redis");
            page.awaitText("#limiter-api .bars", "Known denial");
            page.await("Number([...document.querySelectorAll('#limiter-api tr')].find(e => e.innerText.includes('"
                    + shop.limiter.hash(key) + "')).lastElementChild.innerText) >= 20");
            assertThat(page.eval("document.documentElement.outerHTML.includes('203.0.113')"))
                    .isEqualTo(false);
        }
    }

    @Test
    void redisCardShowsTheBreakerOpenAndClosed() {
        try (Page page = open()) {
            page.awaitText("#redis-redis .figures", "closed");
            page.awaitText("#redis-redis .pill", "up");

            shop.redisServer.kill();
            page.await("document.querySelector('#redis-redis .figures').innerText.includes('none')");
            for (int i = 0; i < 5; i++) {
                shop.limiter.tryAcquire(Shop.PER_IP, "while-away");
            }
            page.awaitText("#redis-redis .figures", "open");
            page.awaitText("#redis-redis .pill", "degraded");
            page.awaitText("#overall", "degraded");
            page.await("document.title.startsWith('●')");
            page.awaitText("#limiter-api .bars", "Local fallback");

            shop.redisServer.start();
            page.awaitText("#redis-redis .figures", "closed");
            page.awaitText("#redis-redis .pill", "up");
            page.awaitText("#redis-redis .bars", "no connection");
        }
    }

    @Test
    void migrationsCardListsEachWithItsState() {
        try (Page page = open()) {
            page.awaitText("#migrations-orders td", "create orders");

            page.awaitText("#migrations-orders .card-head .pill", "1 pending");
            page.await("document.querySelectorAll('#migrations-orders tbody tr').length === 5");
            assertThat(page.text("#migrations-orders tbody tr:first-child"))
                    .contains("005")
                    .contains("pending");
            assertThat(page.text("#migrations-orders tbody tr:last-child"))
                    .contains("001")
                    .contains("applied")
                    .contains("yes");
        }
    }

    @Test
    void backupsCardShowsAgeSizeAndTheLastVerifiedRestore() {
        try (Page page = open()) {
            page.awaitText("#backups-nightly td", shop.verified.id());

            page.awaitText("#backups-nightly .pill", "verified");
            page.awaitText("#backups-nightly .pill", "complete");
            page.await(
                    "[...document.querySelectorAll('#backups-nightly dt')].some(e => e.innerText === 'Last verified restore'"
                            + " && / ago|just now/.test(e.nextElementSibling.innerText))");
            page.await("/[0-9] (kB|MB)/.test(document.querySelector('#backups-nightly .figures').innerText)");
        }
    }

    @Test
    void plotsAreDrawnOverTimeAndHaveAMarkerForMouseAndKeys() {
        try (Page page = open()) {
            String svg = "#pool-orders svg";
            page.await("document.querySelector('" + svg + " path.s-main')?.getAttribute('d')?.includes('L')");
            String wide =
                    String.valueOf(page.eval("document.querySelector('" + svg + " path.s-main').getAttribute('d')"));
            page.click("#range input[value=\"60\"]");
            page.await("document.querySelector('" + svg + "').textContent.includes('−45 s')");
            page.await("document.querySelector('" + svg + " path.s-main').getAttribute('d') !== '" + wide + "'");

            page.eval("document.querySelector('" + svg + "').focus()");
            page.press("ArrowLeft");
            page.press("ArrowLeft");
            page.press("Home");
            page.await("/ago: active/.test(document.querySelector('" + svg + "').getAttribute('aria-valuetext'))");
            // One moment is marked in all plots.
            page.await("document.querySelectorAll('.marker').length === document.querySelectorAll('.plot').length");
            page.press("End");
            page.await("/^now: active/.test(document.querySelector('" + svg + "').getAttribute('aria-valuetext'))");
            page.press("Escape");
            page.await("document.querySelectorAll('.marker').length === 0");

            page.eval(
                    "(() => { const s = document.querySelector('" + svg + "'); const b = s.getBoundingClientRect();"
                            + " s.dispatchEvent(new PointerEvent('pointermove', {clientX: b.right - 60, clientY: b.top + 20})); })()");
            page.await("document.querySelectorAll('.marker').length > 1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allTextStandsOutFromItsGroundInBothModes(boolean dark) throws Exception {
        shop.report();
        try (Page page = browser.open(WIDE, TALL);
                Holder holder = Holder.start("checkout-7", "select 1")) {
            page.dark(dark);
            page.go(place);
            page.awaitText("#backups-nightly td", shop.verified.id());
            page.awaitText("#pool-orders td", "checkout-7");
            page.click("#pool-orders tbody button");
            page.await("document.querySelector('.plan ul')");

            String ground = String.valueOf(page.eval("getComputedStyle(document.body).backgroundColor"));

            int[] channels = java.util.Arrays.stream(
                            ground.replaceAll("[^0-9,]", "").split(",", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            assertThat(channels[0] < 64).isEqualTo(dark);
            assertThat(StrictJson.array(page.eval(CONTRAST))).isEmpty();
            holder.release();
        }
    }

    /** Finds text whose contrast with what is behind it is below 4.5 to 1, by WCAG's formula. */
    private static final String CONTRAST = "(() => {"
            + " const rgb = (c) => { const m = c.match(/[0-9.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };"
            + " const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };"
            + "   return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };"
            + " const ground = (e) => { for (let n = e; n; n = n.parentElement) { const c = rgb(getComputedStyle(n).backgroundColor);"
            + "   if (c[3] > 0) return c; } return [255, 255, 255, 1]; };"
            + " const found = new Set(); const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);"
            + " while (walk.nextNode()) { const e = walk.currentNode.parentElement; const s = getComputedStyle(e);"
            + "   if (!walk.currentNode.data.trim() || !e.getClientRects().length || e.closest('script, noscript, .unseen, .skip')) continue;"
            + "   const a = light(rgb(e.closest('svg') ? s.fill : s.color)), b = light(ground(e));"
            + "   const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);"
            + "   if (ratio < 4.5) found.add(ratio.toFixed(2) + ' ' + e.tagName + '.' + (e.className.baseVal ?? e.className) + ' ' + walk.currentNode.data.trim().slice(0, 40)); }"
            + " return [...found]; })()";

    @ParameterizedTest
    @ValueSource(ints = {320, 390, 768, 1024})
    void nothingIsCutOffOnANarrowScreenAndWhatIsTouchedIsLargeEnough(int width) throws Exception {
        shop.report();
        try (Page page = browser.open(width, 844);
                Holder holder = Holder.start("a-thread-with-a-name-that-is-quite-long-" + width, "select 1")) {
            page.go(place);
            page.awaitText("#backups-nightly td", shop.verified.id());
            page.awaitText("#pool-orders td", "quite-long-" + width);
            page.click("#pool-orders tbody button");
            page.await("document.querySelector('.plan ul')");

            assertThat(page.eval("document.documentElement.scrollWidth - innerWidth"))
                    .isEqualTo(0L);
            assertThat(StrictJson.array(
                            page.eval("[...document.querySelectorAll('main *')].filter(e => e.getClientRects().length"
                                    + " && !e.closest('.unseen, thead, .scroll, svg') && e.getBoundingClientRect().right > innerWidth + 1)"
                                    + ".map(e => e.tagName + '.' + e.className)")))
                    .isEmpty();
            assertThat(StrictJson.array(
                            page.eval("[...document.querySelectorAll('button, nav a, .segments label')].filter(e =>"
                                    + " e.getClientRects().length && e.getBoundingClientRect().height < 24)"
                                    + ".map(e => e.outerHTML)")))
                    .isEmpty();
            holder.release();
        }
    }

    @Test
    void everythingCanBeReachedAndUsedByKeysAlone() throws Exception {
        shop.report();
        try (Page page = open();
                Holder holder = Holder.start("checkout-7", "select 1")) {
            page.awaitText("#backups-nightly td", shop.verified.id());
            page.awaitText("#pool-orders td", "checkout-7");
            page.await("document.querySelector('#pool-orders tbody button')");

            page.press("Tab");
            assertThat(page.eval("document.activeElement.className")).isEqualTo("skip");
            assertThat(page.eval("document.activeElement.getBoundingClientRect().top >= 0"))
                    .isEqualTo(true);
            Set<String> reached = new TreeSet<>();
            boolean planOpened = false;
            boolean stackOpened = false;
            for (int tabs = 0; tabs < 200 && !reached.contains("end"); tabs++) {
                page.press("Tab");
                String at = String.valueOf(
                        page.eval(
                                "(e => e === document.body ? 'end' : e.id || e.name || e.className.baseVal || e.className"
                                        + " || e.getAttribute('aria-label') || e.getAttribute('href') || e.tagName)(document.activeElement)"));
                reached.add(at);
                if (!at.equals("end")) {
                    assertThat(page.eval("getComputedStyle(document.activeElement).outlineStyle !== 'none'"
                                    + " || document.activeElement.matches('.segments input')"))
                            .as(at)
                            .isEqualTo(true);
                }
                if (!stackOpened && Boolean.TRUE.equals(page.eval("document.activeElement.tagName === 'SUMMARY'"))) {
                    page.press("Enter");
                    page.await("document.activeElement.parentElement.open");
                    stackOpened = true;
                }
                if (!planOpened && Boolean.TRUE.equals(page.eval("document.activeElement.textContent === 'Plan'"))) {
                    page.press(" ");
                    page.await("document.querySelector('.plan ul')");
                    planOpened = true;
                }
            }

            assertThat(planOpened).isTrue();
            assertThat(stackOpened).isTrue();
            assertThat(reached).contains("range", "pause", "end");
            page.eval("document.getElementById('pause').focus()");
            page.press(" ");
            page.awaitText("#live", "paused");
            assertThat(page.eval("document.getElementById('pause').getAttribute('aria-pressed')"))
                    .isEqualTo("true");
            page.press("Enter");
            page.awaitText("#live", "live");
            holder.release();
        }
    }

    @Test
    void updatesKeepFocusAndWhatWasOpened() throws Exception {
        try (Page page = open();
                Holder holder = Holder.start("checkout-7", "select 1")) {
            page.awaitText("#pool-orders td", "checkout-7");
            page.await("document.querySelector('#pool-orders summary')");
            page.click("#pool-orders summary");
            page.eval("document.querySelector('#pool-orders summary').focus()");
            Object held = page.eval("document.querySelector('#pool-orders td.right').innerText");

            page.await("document.querySelector('#pool-orders td.right').innerText !== '" + held + "'");

            assertThat(page.eval("document.activeElement.tagName")).isEqualTo("SUMMARY");
            assertThat(page.eval("document.querySelector('#pool-orders details').open"))
                    .isEqualTo(true);
            holder.release();
        }
    }

    @Test
    void assistivePrograms() throws Exception {
        shop.report();
        try (Page page = open()) {
            page.awaitText("#backups-nightly td", shop.verified.id());
            page.awaitText("#pool-orders .sql", "select c.city");

            List<String> told = page.accessible();

            assertThat(told)
                    .contains("banner: ", "main: ", "contentinfo: ", "navigation: Parts")
                    .contains(
                            "heading: orders-service",
                            "heading: Pool orders",
                            "heading: Cache customers",
                            "heading: Backups nightly")
                    .contains(
                            "region: Pool orders",
                            "table: Slow queries",
                            "table: Migrations",
                            "columnheader: Statement")
                    .contains("slider: Connections over time", "button: Pause", "radio: 5 min")
                    .anyMatch(each -> each.startsWith("status: ") || each.equals("status: "));
            assertThat(told)
                    .filteredOn(each ->
                            each.matches("(button|slider|radio|link|textbox|heading|table|region|navigation): *"))
                    .isEmpty();
            assertThat(page.eval("document.documentElement.lang")).isEqualTo("en");
        }
    }

    @Test
    void noRequestLeavesTheOriginAndNothingIsComplainedOf() throws Exception {
        shop.report();
        try (Page page = open()) {
            page.awaitText("#backups-nightly td", shop.verified.id());
            page.awaitText("#pool-orders .sql", "select c.city");
            page.click("#pool-orders tbody button");
            page.await("document.querySelector('.plan ul')");
            page.await("performance.getEntriesByType('resource').filter(e => e.name.includes('api/state')).length > 3");

            assertThat(page.requests())
                    .filteredOn(url -> !url.equals("about:blank"))
                    .hasSizeGreaterThan(5)
                    .allSatisfy(url -> assertThat(url).startsWith(place.toString()));
            assertThat(page.requests().stream()
                            .map(url -> url.replaceAll("\\?.*", "")
                                    .substring(Math.min(
                                            url.length(), place.toString().length())))
                            .collect(Collectors.toSet()))
                    .contains("", "console.css", "console.js", "api/state", "api/plan");
            assertThat(page.complaints()).isEmpty();
        }
    }

    @Test
    void thePolicyLetsNoOtherScriptRun() {
        try (Page page = open()) {
            page.awaitText("#live", "live");

            assertThat(
                            page.eval(
                                    "(() => { try { const s = document.createElement('script'); s.append('window.ran = 1');"
                                            + " document.body.append(s); } catch (e) { } return window.ran === undefined; })()"))
                    .isEqualTo(true);
            assertThat(
                            page.eval(
                                    "(() => { const b = document.createElement('b'); try { b.setAttribute('onclick', 'window.ran = 1');"
                                            + " } catch (e) { } document.body.append(b); b.click(); return window.ran === undefined; })()"))
                    .isEqualTo(true);
            assertThat(
                            page.eval(
                                    "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'made'; } catch (e) { return e.name; } })()"))
                    .isEqualTo("TypeError");
            assertThat(page.eval("fetch('http://127.0.0.1:1/').then(() => 'sent', e => 'refused')"))
                    .isEqualTo("refused");
            assertThat(page.complaints()).anyMatch(each -> each.contains("Content Security Policy"));
        }
    }

    @Test
    void hostileTextIsShownAndNotRun() throws Exception {
        String image = "<img src=x onerror=window.ran=1>";
        String hostile = "select 1 as \"" + image + "\" /* </td><script>window.ran=1</script> \u202e \u001b[31m */";
        try (Page page = open();
                Holder holder = Holder.start("<svg onload=window.ran=1>\u202e", hostile)) {
            shop.execute("select pg_sleep(0.006) as \"" + image + "\", '</script>" + image + "'");
            shop.execute("create table if not exists \"" + image + "\" (a int)");
            shop.execute("select count(*), pg_sleep(0.006) from \"" + image + "\" where a = 5");

            page.awaitText("#pool-orders td", "<svg onload=window.ran=1>\\u202e");
            page.awaitText("#pool-orders .sql", "select 1 as");
            page.awaitText("#pool-orders .sql", "from");
            page.eval(
                    "[...document.querySelectorAll('#pool-orders tbody')].find(e => e.innerText.includes('count(*), pg_sleep'))"
                            + ".querySelector('button').click()");
            page.awaitText("#pool-orders .plan", image);

            assertThat(page.eval("window.ran")).isNull();
            assertThat(page.eval("document.querySelectorAll('main img, main script, main svg[onload]').length"))
                    .isEqualTo(0L);
            assertThat(
                            page.eval(
                                    "document.body.innerText.includes('\\u202e') || document.body.innerText.includes('\\u001b')"))
                    .isEqualTo(false);
            assertThat(page.complaints()).isEmpty();
            holder.release();
        }
    }

    @Test
    void theTokenIsAskedForAndStaysOutOfAddressAndPage() throws IOException {
        try (Console locked = shop.console().token(TOKEN).build()) {
            URI lockedPlace = locked.start(0);
            try (Page page = browser.open(WIDE, TALL).go(lockedPlace)) {
                page.await("!document.getElementById('gate').hidden");
                assertThat(page.eval("document.activeElement.id")).isEqualTo("token");
                assertThat(page.text("main")).doesNotContain("customers");

                page.type("not-the-token-at-all");
                page.press("Enter");
                page.awaitText("#notice", "This is not the token.");
                page.type(TOKEN);
                page.press("Enter");
                page.awaitText("#pool-orders h2", "orders");

                assertThat(page.eval("location.href")).isEqualTo(lockedPlace.toString());
                assertThat(page.eval("document.documentElement.outerHTML.includes('" + TOKEN + "')"
                                + " || document.getElementById('token').value !== ''"))
                        .isEqualTo(false);
                assertThat(page.requests()).noneMatch(url -> url.contains(TOKEN));
                page.go(lockedPlace);
                page.awaitText("#pool-orders h2", "orders");
            }
            try (Page other = browser.open(WIDE, TALL).go(lockedPlace)) {
                other.await("!document.getElementById('gate').hidden");
            }
        }
    }

    @Test
    void aServiceThatGoesAwayIsSaidSoAndFoundAgain() throws Exception {
        Console brief = shop.console().build();
        URI briefPlace = brief.start(0);
        try (Page page = browser.open(WIDE, TALL).go(briefPlace)) {
            page.awaitText("#live", "live");
            brief.close();
            page.awaitText("#live", "no answer");
            page.awaitText("#notice", "does not answer");
            assertThat(page.eval("document.body.classList.contains('stale')")).isEqualTo(true);

            try (Console again = shop.console().title("again").build()) {
                again.start(briefPlace.getPort());
                page.awaitText("#live", "live");
                page.awaitText("#title", "again");
                page.await("document.getElementById('notice').hidden");
            }
        }
    }

    @Test
    void partsThatFailOrAreEmptySaySo() throws Exception {
        try (SqliteDatabase database = SqliteDatabase.inMemory().open();
                Console odd = Console.builder()
                        .pools(database)
                        .limiter("plain", RateLimiter.inMemory().build())
                        .limiter("broken", new BrokenParts.Limiter())
                        .backups("broken", new BrokenParts.Store())
                        .build();
                Console bare = Console.builder().build()) {
            try (Page page = browser.open(WIDE, TALL).go(odd.start(0))) {
                page.awaitText("#limiter-broken .pill", "cannot be shown: IllegalStateException");
                page.awaitText("#backups-broken .pill", "cannot be read");
                page.awaitText("#limiter-plain .none", "WatchedLimiter.of(limiter)");
                page.awaitText("#limiter-plain .none", "Nobody has asked.");
                page.awaitText("#pool-sqlite-writer svg", "metrics(ConsoleMetrics)");
                page.awaitText("#pool-sqlite-writer .none", "No statement was slow.");
                assertThat(page.complaints()).isEmpty();
            }
            try (Page page = browser.open(WIDE, TALL).go(bare.start(0))) {
                page.awaitText("#empty", "Console.builder().pool(pool)");
            }
        }
    }

    /** Takes the pictures of the documentation, of ten minutes played in some seconds. */
    @Test
    void picturesAreSmallEnoughForTheDocumentation() throws Exception {
        boolean kept = Boolean.getBoolean("wellhead.console.screenshots");
        Path pictures = kept
                ? Path.of(System.getProperty("wellhead.checkout"), "docs", "console")
                : Files.createDirectories(folder.resolve("pictures"));
        AtomicLong now = new AtomicLong();
        try (Console played = shop.console()
                .clocks(Clock.systemUTC(), now::get)
                .sampling(TimeUnit.DAYS.toNanos(1), 600)
                .build()) {
            URI playedPlace = played.start(0);
            play(played, now, kept ? 600 : 60);
            shop.report();
            List<Holder> holders = List.of(
                    Holder.startKnown("checkout-3", "select id, total from orders where customer_id = 17 for update"),
                    Holder.start("mail-worker-1", "update orders set status = 'sent' where id = 4711"),
                    Holder.start("report-nightly", "select city, count(*) from customers group by city"));
            try {
                for (Map.Entry<String, int[]> each : Map.of(
                                "light", new int[] {1280, 1040}, "dark", new int[] {1280, 1040}, "phone", new int[] {
                                    390, 1500
                                })
                        .entrySet()) {
                    Path file = pictures.resolve(each.getKey() + ".png");
                    Files.write(file, picture(playedPlace, each.getKey(), each.getValue()));
                    assertThat(Files.size(file)).as(each.getKey()).isBetween(10_000L, 200_000L);
                }
            } finally {
                for (Holder holder : holders) {
                    holder.close();
                }
            }
        }
    }

    private static byte[] picture(URI from, String name, int[] size) {
        try (Page page = browser.open(size[0], size[1])) {
            page.dark(name.equals("dark"));
            page.go(from);
            page.awaitText("#backups-nightly td", shop.verified.id());
            page.awaitText("#pool-orders td", "report-nightly");
            if (!name.equals("phone")) {
                page.eval(
                        "[...document.querySelectorAll('#pool-orders tbody')].find(e => e.innerText.includes('c.city'))"
                                + ".querySelector('button').click()");
                page.await("document.querySelector('.plan ul')");
            }
            page.await("document.querySelector('#pool-orders path.area[d]')");
            if (name.equals("dark")) {
                page.eval("document.getElementById('cache-customers').scrollIntoView()");
            }
            return page.picture();
        }
    }

    private static void play(Console played, AtomicLong now, int seconds) throws Exception {
        java.util.Random random = new java.util.Random(11);
        for (int second = 0; second < seconds; second++) {
            boolean rush = second > 380 && second < 440;
            int reads = (rush ? 30 : 8) + random.nextInt(8) + (int) (6 * Math.sin(second / 40.0) + 6);
            for (int i = 0; i < reads; i++) {
                shop.customer((long) Math.abs(random.nextGaussian() * 120) + 1);
                shop.limiter.tryAcquire(Shop.PER_IP, "198.51.100." + (rush && i % 3 > 0 ? 7 : random.nextInt(200)));
            }
            if (second % 120 == 60) {
                shop.report();
            }
            List<Connection> held = new ArrayList<>();
            Thread waiter = null;
            double calm = 1.5 + 1.5 * Math.sin(second / 25.0) + random.nextDouble();
            int wanted = rush ? 6 + random.nextInt(3) : (int) calm;
            for (int i = 0; i < wanted; i++) {
                held.add(shop.pool.acquireAsync().join());
            }
            if (wanted == 8) {
                waiter = new Thread(() -> {
                    try {
                        shop.execute("select 1");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                waiter.start();
                while (shop.pool.stats().waiting() == 0) {
                    Thread.onSpinWait();
                }
            }
            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
            played.sample(now.get());
            for (Connection one : held) {
                one.close();
            }
            if (waiter != null) {
                waiter.join();
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread that borrows a connection, runs a statement, and keeps it. */
    private static final class Holder implements AutoCloseable {
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private final Thread thread;

        private Holder(String name, String sql) {
            thread = new Thread(() -> hold(sql), name);
        }

        static Holder start(String name, String sql) throws Exception {
            Holder holder = new Holder(name, sql);
            holder.thread.start();
            assertThat(holder.held.await(20, TimeUnit.SECONDS)).isTrue();
            if (holder.failure.get() != null) {
                throw holder.failure.get();
            }
            return holder;
        }

        /** Tries until the pool has found it worth the while to keep where the connection was borrowed. */
        static Holder startKnown(String name, String sql) throws Exception {
            while (true) {
                Holder holder = start(name, sql);
                if (shop.pool.borrowed().stream()
                        .anyMatch(
                                one -> one.thread().equals(name) && !one.stack().isEmpty())) {
                    return holder;
                }
                holder.close();
            }
        }

        private void hold(String sql) {
            try (Connection connection = shop.pool.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute(sql);
                held.countDown();
                released.await();
                connection.rollback();
            } catch (SQLException | InterruptedException e) {
                failure.set(e);
                held.countDown();
            }
        }

        void release() throws InterruptedException {
            released.countDown();
            thread.join(Duration.ofSeconds(20).toMillis());
        }

        @Override
        public void close() throws InterruptedException {
            release();
        }
    }
}
