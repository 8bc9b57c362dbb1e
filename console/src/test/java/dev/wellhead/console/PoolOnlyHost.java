package dev.wellhead.console;

import dev.wellhead.pool.SqliteDatabase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** A program that has neither cache nor Redis, limiter, migrations or backups on its class path. */
final class PoolOnlyHost {
    private PoolOnlyHost() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try {
            Class.forName("dev.wellhead.cache.Cache");
        } catch (ClassNotFoundException e) {
            out.println("cache is absent");
        }
        SqliteDatabase database = SqliteDatabase.inMemory().open();
        URI place = Console.builder().pools(database).build().start(0);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(place.resolve("api/state")).build(), HttpResponse.BodyHandlers.ofString());
        out.println("status " + answer.statusCode() + " " + answer.body());
        database.close();
    }
}
