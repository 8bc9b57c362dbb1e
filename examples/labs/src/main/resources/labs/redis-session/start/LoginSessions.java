import dev.wellhead.examples.labs.basics.Sessions;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

public final class LoginSessions implements Sessions {
    private static final Map<String, String> USERS = new ConcurrentHashMap<>();
    private static final AtomicLong IDS = new AtomicLong();

    @Override
    public String login(RedisCommands<String, String> redis, String user) {
        String id = "session-" + IDS.incrementAndGet();
        USERS.put(id, user);
        return id;
    }

    @Override
    public String user(RedisCommands<String, String> redis, String id) {
        return USERS.get(id);
    }

    @Override
    public void logout(RedisCommands<String, String> redis, String id) {
        USERS.remove(id);
    }
}
