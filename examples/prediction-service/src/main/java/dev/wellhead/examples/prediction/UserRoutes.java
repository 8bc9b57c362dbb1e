package dev.wellhead.examples.prediction;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /users}: create, read, rename, delete, list by pages. */
final class UserRoutes {
    private static final int LARGEST_PAGE = 100;

    private final Users users;

    UserRoutes(Users users) {
        this.users = users;
    }

    void addTo(HttpApi http, Guard guard) {
        http.route("POST", "/users", guard.limited(this::create))
                .route("GET", "/users", guard.limited(this::page))
                .route("GET", "/users/*", guard.limited(this::find))
                .route("PUT", "/users/*", guard.limited(this::rename))
                .route("DELETE", "/users/*", guard.limited(this::delete));
    }

    private Response create(Request request) throws SQLException, IOException {
        String email = request.text("email", 254);
        if (email.indexOf('@') < 1) {
            throw new BadRequestException("the field email must be an address like ann@example.org");
        }
        return users.create(email, request.text("name", 200))
                .map(user -> Response.json(201, user).with(Map.of("Location", "/users/" + user.id())))
                .orElseGet(() -> Response.error(409, "a user with this email exists"));
    }

    private Response page(Request request) throws SQLException {
        int limit = request.query("limit", 20, LARGEST_PAGE);
        // One more than asked for tells whether there is a next page.
        List<User> found = users.page(request.query("after"), limit + 1);
        List<User> page = found.subList(0, Math.min(limit, found.size()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("users", page);
        if (found.size() > limit) {
            body.put(
                    "next",
                    "/users?limit=" + limit + "&after=" + page.get(limit - 1).id());
        }
        return Response.json(200, body);
    }

    private Response find(Request request) throws SQLException {
        return users.find(request.subject())
                .map(user -> Response.json(200, user))
                .orElseGet(UserRoutes::unknown);
    }

    private Response rename(Request request) throws SQLException, IOException {
        return users.rename(request.subject(), request.text("name", 200)) ? Response.empty(204) : unknown();
    }

    private Response delete(Request request) throws SQLException {
        return users.delete(request.subject()) ? Response.empty(204) : unknown();
    }

    private static Response unknown() {
        return Response.error(404, "no such user");
    }
}
