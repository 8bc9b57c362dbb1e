package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A file that is copied, while half of what it holds lies in the file beside it. */
public final class BackupSqliteLab implements Lab {
    private static final int POSTINGS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String COUNT = "select count(*) from postings";
    private static final String CONTENT = "select 'account', id, balance from accounts"
            + " union all select 'posting', id, account_id || ' ' || cents from postings order by 1, 2";
    // Of an account whose balance is not what its postings come to.
    private static final String TORN = "select count(*) from accounts a where balance <>"
            + " 1000 + (select coalesce(sum(cents), 0) from postings p where p.account_id = a.id)";

    @Override
    public String name() {
        return "backup-sqlite";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    /** Everybody who takes part. */
    private record Cast(Scene scene, FileBackup backup, Path folder, Path database, Connection writer) {}

    @Override
    public void play(Scene scene) throws Exception {
        FileBackup backup = JavaExercise.load(scene, "BankBackup.java", FileBackup.class);
        Path folder = scene.closing(TemporaryFolder.create()).path();
        Path database = Path.of(scene.sqlite().name());
        try (Connection writer = open(database)) {
            Cast cast = new Cast(scene, backup, folder, database, writer);
            seed(writer);
            files(cast);
            inTheMiddle(cast);
            busy(cast);
            damage(cast);
        }
    }

    private static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private static void seed(Connection writer) throws SQLException {
        Sql.run(
                writer,
                "pragma journal_mode = wal",
                "pragma synchronous = off",
                "pragma wal_autocheckpoint = 0",
                "create table accounts (id integer primary key, balance integer not null)",
                "create table postings (id integer primary key, account_id integer not null references accounts,"
                        + " cents integer not null)",
                "create table statements (id integer primary key, page blob not null)",
                "with recursive n (i) as (select 1 union all select i + 1 from n where i < 10)"
                        + " insert into accounts select i, 1000 from n",
                "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000)"
                        + " insert into statements select i, randomblob(4000) from n",
                "pragma wal_checkpoint(truncate)");
    }

    /** From the account of one to that of another: whole, or not at all. */
    private static void transfer(Connection writer, int number) throws SQLException {
        int from = 1 + number % 10;
        int to = 1 + (number + 3) % 10;
        Sql.run(
                writer,
                "begin immediate",
                "update accounts set balance = balance - 5 where id = " + from,
                "insert into postings (account_id, cents) values (" + from + ", -5)",
                "update accounts set balance = balance + 5 where id = " + to,
                "insert into postings (account_id, cents) values (" + to + ", 5)",
                "commit");
    }

    /** Whatever the exercise says: what is committed need not be in the file. */
    private static void files(Cast cast) throws SQLException, IOException {
        Scene scene = cast.scene;
        scene.heading("where the rows are");
        transfer(cast.writer, 0);
        Path copy = cast.folder.resolve("copy.db");
        Files.copy(cast.database, copy);
        long there = Sql.number(cast.writer, COUNT);
        long copied;
        try (Connection connection = open(copy)) {
            copied = Sql.number(connection, COUNT);
        }
        scene.say(
                "   %s: %,d bytes, beside it -wal: %,d bytes",
                cast.database.getFileName(), Files.size(cast.database), Files.size(Path.of(cast.database + "-wal")));
        scene.say("   postings: %d; in a copy of the file: %d", there, copied);
        scene.fact("committed rows lie in the file beside the database until a checkpoint", there == 2 && copied == 0);
    }

    private static void inTheMiddle(Cast cast) throws Exception {
        Scene scene = cast.scene;
        scene.heading("a report is read, " + POSTINGS + " postings are committed, a transfer is under way; backUp");
        List<String> restored;
        List<String> committed;
        try (Connection reader = open(cast.database)) {
            reader.setAutoCommit(false);
            // Holds its snapshot, so that no checkpoint can move what is committed from now on.
            Sql.number(reader, COUNT);
            for (int i = 0; i < POSTINGS / 2; i++) {
                transfer(cast.writer, i);
            }
            try (Connection other = open(cast.database)) {
                committed = Sql.rows(other, CONTENT);
            }
            Sql.run(cast.writer, "begin immediate", "update accounts set balance = balance - 500 where id = 1");
            restored = backedUp(cast, cast.folder.resolve("middle"), cast.folder.resolve("middle.db"));
            Sql.run(cast.writer, "rollback");
            reader.rollback();
        }
        scene.say("   rows committed: %d, rows restored: %d", committed.size(), restored.size());
        scene.goal(
                "everything that was committed comes back, and nothing that was not",
                restored.equals(committed),
                "the file alone is not the database: ask SQLite for a copy, and not the file system");
    }

    private static void busy(Cast cast) throws Exception {
        Scene scene = cast.scene;
        scene.heading("a writer transfers all the time, with a checkpoint after each commit; backUp");
        Sql.run(cast.writer, "pragma wal_autocheckpoint = 1");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger transfers = new AtomicInteger();
        Attempt<Boolean> writing = Attempt.begin("the writer", () -> {
            while (!stop.get()) {
                transfer(cast.writer, transfers.getAndIncrement());
            }
        });
        Await.until(PATIENCE, () -> transfers.get() > 10 || writing.ended());
        int before = transfers.get();
        Path target = cast.folder.resolve("busy.db");
        List<String> restored = backedUp(cast, cast.folder.resolve("busy"), target);
        int after = transfers.get();
        stop.set(true);
        writing.result();
        String state = state(target);
        scene.say("   %d transfers meanwhile; %d rows restored; %s", after - before, restored.size(), state);
        scene.goal(
                "under a writer the backup is one moment: intact, and each balance is what its postings come to",
                !restored.isEmpty() && state.equals("ok, 0 accounts torn"),
                "pages copied one after the other are of different moments, unless something holds them still");
    }

    /** Returns what comes back; nothing if backing up or restoring fails. */
    private static List<String> backedUp(Cast cast, Path folder, Path target) throws InterruptedException {
        try {
            Attempt.perform("backUp", () -> cast.backup.backUp(cast.database, folder));
            Attempt.perform("restore", () -> cast.backup.restore(folder, target));
            try (Connection connection = open(target)) {
                return Sql.rows(connection, CONTENT);
            }
        } catch (ExerciseException | SQLException e) {
            cast.scene.say("   %s", String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private static String state(Path target) {
        if (!Files.exists(target)) {
            return "no file";
        }
        try (Connection connection = open(target)) {
            String check = Sql.rows(connection, "pragma integrity_check").get(0);
            return check + ", " + Sql.number(connection, TORN) + " accounts torn";
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void damage(Cast cast) throws InterruptedException {
        Scene scene = cast.scene;
        scene.heading("one bit of the backup has changed");
        Path target = cast.folder.resolve("damaged.db");
        String refusal = "";
        String damaged = "";
        try {
            damaged =
                    TemporaryFolder.damageLargest(cast.folder.resolve("middle")).getFileName() + ", the largest file";
            Attempt.perform("restore", () -> cast.backup.restore(cast.folder.resolve("middle"), target));
        } catch (IOException | ExerciseException e) {
            refusal = String.valueOf(e.getMessage());
        }
        boolean left = Files.exists(target);
        scene.say("   %s; %s", damaged, refusal.isEmpty() ? "restored without complaint" : refusal);
        scene.goal(
                "a damaged backup is refused, and leaves no file",
                !damaged.isEmpty() && !refusal.isEmpty() && !left,
                "integrity_check knows the order of pages and not what was in them; a sum knows");
    }
}
