package dev.wellhead.examples.labs.debugging;

import dev.wellhead.examples.labs.Sql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;

/** The program that runs in a container of the lab {@code lost-data}: takes orders until it is killed. */
final class OrderDesk {
    /** Stands before the number of orders that were there at the start. */
    static final String FOUND = "orders found: ";
    /** Stands before the number of the last order that was taken, all of them committed. */
    static final String LAST = "last order: ";

    private OrderDesk() {}

    /** Wants the file of the database, how many orders to take, and a folder for temporary files. */
    public static void main(String[] arguments) throws SQLException, InterruptedException {
        // Where the driver unpacks its library, which who is killed does not remove.
        System.setProperty("org.sqlite.tmpdir", arguments[2]);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + arguments[0]);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table if not exists orders (number integer primary key autoincrement, item text not null)");
            System.out.println(FOUND + Sql.number(connection, "select count(*) from orders"));
            for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                statement.execute("insert into orders (item) values ('a pump')");
            }
            System.out.println(LAST + Sql.number(connection, "select max(number) from orders"));
            new CountDownLatch(1).await();
        }
    }
}
