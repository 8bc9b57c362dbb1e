package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Users and orders, and what may be asked about them, computed without a database. Immutable. */
record Shop(List<User> users, List<Order> orders) {
    private static final int LARGE = 100;
    private static final int NEWEST = 10;

    record User(long id, String name) {}

    /** @param user who made it, null for a guest */
    record Order(long id, @Nullable Long user, int total, String status, String day) {}

    static Shop atFirst() {
        return new Shop(
                List.of(
                        new User(1, "ada"),
                        new User(2, "bob"),
                        new User(3, "kim"),
                        new User(4, "kim"),
                        new User(5, "lea"),
                        new User(6, "max")),
                List.of(
                        new Order(1, 1L, 120, "paid", "2026-01-04"),
                        new Order(2, 1L, 80, "paid", "2026-01-09"),
                        new Order(3, 2L, 100, "paid", "2026-01-15"),
                        new Order(4, 3L, 250, "paid", "2026-01-20"),
                        new Order(5, null, 40, "paid", "2026-01-28"),
                        new Order(6, 4L, 60, "paid", "2026-02-02"),
                        new Order(7, 2L, 130, "open", "2026-02-07"),
                        new Order(8, 5L, 90, "open", "2026-02-11"),
                        new Order(9, 1L, 30, "cancelled", "2026-02-16"),
                        new Order(10, 3L, 70, "paid", "2026-02-21"),
                        new Order(11, null, 180, "paid", "2026-02-25"),
                        new Order(12, 4L, 110, "paid", "2026-03-01"),
                        new Order(13, 5L, 210, "open", "2026-03-03"),
                        new Order(14, 2L, 20, "paid", "2026-03-08")));
    }

    /** Returns what comes in later. */
    static Shop later() {
        return new Shop(
                List.of(new User(7, "eve"), new User(8, "pia")),
                List.of(
                        new Order(15, 7L, 300, "paid", "2026-03-10"),
                        new Order(16, 6L, 101, "paid", "2026-03-12"),
                        new Order(17, null, 55, "open", "2026-03-15")));
    }

    static void createTables(Connection connection) throws SQLException {
        Sql.run(connection, "create table users (id bigint primary key, name text not null)", """
                create table orders (
                    id bigint primary key,
                    user_id bigint references users,
                    total integer not null,
                    status text not null,
                    created_on date not null
                )""");
    }

    Shop and(Shop more) {
        List<User> allUsers = new ArrayList<>(users);
        allUsers.addAll(more.users);
        List<Order> allOrders = new ArrayList<>(orders);
        allOrders.addAll(more.orders);
        return new Shop(List.copyOf(allUsers), List.copyOf(allOrders));
    }

    void insert(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into users values (?, ?)")) {
            for (User user : users) {
                insert.setLong(1, user.id());
                insert.setString(2, user.name());
                insert.executeUpdate();
            }
        }
        try (PreparedStatement insert =
                connection.prepareStatement("insert into orders values (?, ?, ?, ?, cast(? as date))")) {
            for (Order order : orders) {
                insert.setLong(1, order.id());
                insert.setObject(2, order.user(), Types.BIGINT);
                insert.setInt(3, order.total());
                insert.setString(4, order.status());
                insert.setString(5, order.day());
                insert.executeUpdate();
            }
        }
    }

    List<String> largeOrders() {
        return orders.stream()
                .filter(order -> order.user() != null && order.total() > LARGE)
                .map(order -> order.id() + "|" + nameOf(order) + "|" + order.total())
                .toList();
    }

    List<String> newest() {
        return orders.stream()
                .sorted(Comparator.comparing(Order::day).reversed())
                .limit(NEWEST)
                .map(order -> order.id() + "|" + order.day() + "|" + nameOf(order))
                .toList();
    }

    List<String> totals() {
        return users.stream()
                .map(user -> user.id() + "|" + user.name() + "|" + paidBy(user))
                .toList();
    }

    List<String> withoutOrders() {
        return users.stream()
                .filter(user -> orders.stream().noneMatch(order -> isOf(order, user)))
                .map(user -> user.id() + "|" + user.name())
                .toList();
    }

    private int paidBy(User user) {
        return orders.stream()
                .filter(order -> isOf(order, user) && order.status().equals("paid"))
                .mapToInt(Order::total)
                .sum();
    }

    private String nameOf(Order order) {
        return users.stream()
                .filter(user -> isOf(order, user))
                .map(User::name)
                .findFirst()
                .orElse("null");
    }

    private static boolean isOf(Order order, User user) {
        return Objects.equals(order.user(), user.id());
    }
}
