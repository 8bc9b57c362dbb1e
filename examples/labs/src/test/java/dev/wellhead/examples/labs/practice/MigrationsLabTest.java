package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new MigrationsLab(), work);
    }

    @Test
    void makingTheTableEmptyDoesNotPass() throws Exception {
        solution()
                .with(
                        "002_email.sql",
                        "update members set email = 'member-' || id || '@example.org' where email is null;",
                        "delete from members;")
                .play()
                .misses(
                        "keep members and streets",
                        "has an e-mail address",
                        "version 4 records visits",
                        "back at version 1",
                        "up again gives");
    }

    @Test
    void columnThatMayStayEmptyDoesNotPass() throws Exception {
        solution()
                .with("002_email.sql", "alter table members alter column email set not null;", "")
                .play()
                .misses("has an e-mail address");
    }

    @Test
    void downThatLosesTheStreetsDoesNotPass() throws Exception {
        solution()
                .with(
                        "003_addresses.down.sql",
                        "update members set street = addresses.street from addresses where addresses.member_id = members.id;",
                        "")
                .play()
                .misses("back at version 1", "up again gives");
    }

    @Test
    void downThatLeavesTheTypeDoesNotPass() throws Exception {
        solution()
                .with("004_visits.down.sql", "drop type visit_kind;", "")
                .play()
                .misses("back at version 1", "up again gives", "each down file takes back");
    }

    @Test
    void defaultInOneStatementPassesAsWell() throws Exception {
        solution().with("002_email.sql", """
                alter table members add column email text not null default 'member-' || gen_random_uuid() || '@example.org';
                alter table members alter column email drop default;
                create unique index members_email on members (email);
                """).play().isSolved();
    }
}
