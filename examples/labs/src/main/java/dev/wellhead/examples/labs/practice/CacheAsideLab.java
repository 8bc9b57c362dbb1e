package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Outcome;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.practice.WatchedPriceTable.Gate;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.testkit.TestDatabase;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A cache of prices that is right, unless somebody reads while somebody writes. */
public final class CacheAsideLab implements Lab {
    private static final int READS = 10;
    private static final int CROWD = 20;
    // How long somebody may be held up by the scene who is not to be held up; others have no lock to wait for.
    private static final Duration MOMENT = Duration.ofMillis(700);
    private static final Duration SOON = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "cache-aside";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    /** The two processes of the fleet, and the table behind them. */
    private record Fleet(WatchedPriceTable table, PriceService one, PriceService other) {
        OptionalInt priceAtOne(String item) throws ExerciseException, InterruptedException {
            return Attempt.get("price", () -> one.price(item));
        }

        OptionalInt priceAtOther(String item) throws ExerciseException, InterruptedException {
            return Attempt.get("price", () -> other.price(item));
        }

        void change(String item, int cents) throws ExerciseException, InterruptedException {
            Attempt.perform("change", () -> one.change(item, cents));
        }

        boolean otherFollows(String item, int cents) throws Exception {
            return Await.until(SOON, () -> priceAtOther(item).equals(OptionalInt.of(cents)));
        }
    }

    @Override
    public void play(Scene scene) throws Exception {
        TestDatabase database = scene.postgres();
        database.execute(
                "create table prices (item text primary key, cents int not null)",
                "insert into prices values ('pump', 100), ('pipe', 50), ('valve', 30), ('filter', 20), ('seal', 5)");
        ConnectionPool pool = scene.closing(ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .maxSize(CROWD + 5)
                .build());
        WatchedPriceTable table = new WatchedPriceTable(pool);
        byHand(scene, table);

        PriceService one = JavaExercise.load(scene, "Prices.java", PriceService.class);
        PriceService other = one.getClass().getDeclaredConstructor().newInstance();
        Fleet fleet = new Fleet(table, one, other);
        for (PriceService each : List.of(one, other)) {
            Attempt.perform("open", () -> each.open(table, scene.redis().uri()));
        }
        try {
            spares(scene, fleet);
            changes(scene, fleet);
            readBeforeCommit(scene, fleet);
            slowLoad(scene, fleet);
            crowd(scene, fleet);
        } finally {
            table.release();
            Attempt.perform("close", one::close);
            Attempt.perform("close", other::close);
        }
    }

    /** The two of them, step by step, whatever the exercise says. */
    private static void byHand(Scene scene, WatchedPriceTable table) throws SQLException {
        scene.heading("by hand: get, load, set; and: update, commit, del");
        RedisCommands<String, String> redis = scene.connect(scene.redis());
        int read = table.read("seal").orElseThrow();
        scene.say("   reader: get seal -> %s, loads %d from the table, and is slow", redis.get("seal"), read);
        try (Connection connection = table.dataSource().getConnection()) {
            table.store(connection, "seal", 7);
        }
        scene.say("   writer: sets 7 in the table, commits, del seal -> %d", redis.del("seal"));
        scene.say("   reader: set seal %d -> %s", read, redis.set("seal", "" + read, SetArgs.Builder.ex(300)));
        String cached = redis.get("seal");
        int real = table.read("seal").orElseThrow();
        scene.say("   the cache says %s for the next five minutes, the table says %d", cached, real);
        scene.fact("a load that began before the change brings the old price back", cached.equals("5") && real == 7);
    }

    private static void spares(Scene scene, Fleet fleet) throws ExerciseException, InterruptedException {
        scene.heading("nobody changes anything: " + READS + " reads each");
        boolean right = true;
        for (int i = 0; i < READS; i++) {
            right &= fleet.priceAtOne("pump").equals(OptionalInt.of(100));
            right &= fleet.priceAtOne("unicorn").isEmpty();
        }
        int pump = fleet.table.loads("pump");
        int unicorn = fleet.table.loads("unicorn");
        scene.say("   loads of pump, which costs 100: %d; of unicorn, which has no price: %d", pump, unicorn);
        scene.goal("a price is loaded once", right && pump == 1, "it was loaded " + pump + " times");
        fleet.change("unicorn", 999);
        OptionalInt price = fleet.priceAtOne("unicorn");
        scene.say("   unicorn gets a price: %s", text(price));
        scene.goal(
                "that there is no price is found out once, too, and forgotten when there is one",
                unicorn == 1 && price.equals(OptionalInt.of(999)),
                "what is absent is asked for again and again, unless the cache remembers that as well");
    }

    private static void changes(Scene scene, Fleet fleet) throws Exception {
        scene.heading("one process changes a price, both have it in the cache");
        OptionalInt before = fleet.priceAtOther("pump");
        fleet.change("pump", 120);
        OptionalInt after = fleet.priceAtOne("pump");
        boolean follows = fleet.otherFollows("pump", 120);
        scene.say(
                "   100 -> 120: this process says %s, the other one %s", text(after), text(fleet.priceAtOther("pump")));
        scene.goal(
                "after a change this process tells the new price, and soon the other one does",
                before.equals(OptionalInt.of(100)) && after.equals(OptionalInt.of(120)) && follows,
                "a change has to reach what every process keeps");
    }

    private static void readBeforeCommit(Scene scene, Fleet fleet) throws ExerciseException, InterruptedException {
        scene.heading("somebody reads between the update and its commit");
        fleet.table.beforeNextCommit(() -> {
            Attempt<OptionalInt> reader = Attempt.start("price", () -> fleet.one.price("pipe"));
            scene.say("   before the commit: the reader gets %s", soon(reader));
        });
        fleet.change("pipe", 60);
        OptionalInt after = fleet.priceAtOne("pipe");
        scene.say("   50 -> 60 is committed: %s", text(after));
        scene.goal(
                "a read before the commit does not keep the old price alive",
                after.equals(OptionalInt.of(60)),
                "until the commit everybody reads the old price, and may put it where you have just removed it");
    }

    private static void slowLoad(Scene scene, Fleet fleet) throws Exception {
        scene.heading("somebody has read the old price, and is slow to store it");
        Gate gate = fleet.table.hold("valve");
        Attempt<OptionalInt> reader = Attempt.start("price", () -> fleet.other.price("valve"));
        boolean arrived = gate.awaitArrival(SOON.toMillis());
        Attempt<Boolean> writer = Attempt.begin("change", () -> fleet.one.change("valve", 35));
        String changed = soon(writer);
        fleet.table.release();
        writer.result();
        scene.say("   the other process has read 30; 30 -> 35 is committed here%s", changed.isEmpty() ? ", later" : "");
        scene.say("   the other process goes on, and gets %s", text(reader.result()));
        OptionalInt after = fleet.priceAtOne("valve");
        boolean follows = fleet.otherFollows("valve", 35);
        scene.say("   from now on: %s here, %s there", text(after), text(fleet.priceAtOther("valve")));
        scene.goal(
                "a load that began before the change does not bring the old price back",
                arrived && after.equals(OptionalInt.of(35)) && follows,
                "to delete after the commit is not enough: whoever loaded before must not be able to store any more");
    }

    private static void crowd(Scene scene, Fleet fleet) throws Exception {
        scene.heading(CROWD + " readers at once, in both processes, and the price is in no cache");
        fleet.table.hold("filter");
        List<Attempt<OptionalInt>> readers = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            PriceService service = i % 2 == 0 ? fleet.one : fleet.other;
            readers.add(Attempt.start("price", () -> service.price("filter")));
        }
        Await.until(MOMENT, () -> fleet.table.loads("filter") == CROWD);
        fleet.table.release();
        boolean right = true;
        for (Attempt<OptionalInt> reader : readers) {
            right &= reader.result().equals(OptionalInt.of(20));
        }
        int loads = fleet.table.loads("filter");
        scene.say("   readers: %d, loads: %d", CROWD, loads);
        scene.goal(
                "one of them loads it for all",
                right && loads == 1,
                "it was loaded " + loads
                        + " times: who finds nothing has to find out whether somebody is on the way already");
    }

    private static String text(OptionalInt price) {
        return price.isPresent() ? "" + price.getAsInt() : "no price";
    }

    /** Returns what comes of it within a moment; empty if nothing does, as when it waits for a lock. */
    private static String soon(Attempt<?> begun) {
        try {
            return begun.within(MOMENT).map(CacheAsideLab::text).orElse("");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static String text(Outcome<?> outcome) {
        Throwable failure = outcome.failure();
        if (failure != null) {
            return Attempt.describe(failure);
        }
        return outcome.result() instanceof OptionalInt price ? text(price) : String.valueOf(outcome.result());
    }
}
