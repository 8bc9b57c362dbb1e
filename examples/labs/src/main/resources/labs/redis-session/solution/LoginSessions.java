import dev.wellhead.examples.labs.basics.Sessions;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.security.SecureRandom;
import java.util.Base64;

public final class LoginSessions implements Sessions {
    private final SecureRandom random = new SecureRandom();

    @Override
    public String login(RedisCommands<String, String> redis, String user) {
        byte[] bits = new byte[16];
        random.nextBytes(bits);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        redis.set(key(id), user, SetArgs.Builder.ex(LIFETIME));
        return id;
    }

    @Override
    public String user(RedisCommands<String, String> redis, String id) {
        return redis.getex(key(id), GetExArgs.Builder.ex(LIFETIME));
    }

    @Override
    public void logout(RedisCommands<String, String> redis, String id) {
        redis.del(key(id));
    }

    private static String key(String id) {
        return "session:" + id;
    }
}
