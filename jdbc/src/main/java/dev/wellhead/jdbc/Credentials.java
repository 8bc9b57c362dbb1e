package dev.wellhead.jdbc;

import java.util.Objects;

/** Who connects to a database. Immutable; the password shows nowhere but in {@link #password()}. */
public final class Credentials {
    private final String user;
    private final String password;

    private Credentials(String user, String password) {
        this.user = user;
        this.password = password;
    }

    /** Returns the credentials of this user. */
    public static Credentials of(String user, String password) {
        return new Credentials(Objects.requireNonNull(user, "user"), Objects.requireNonNull(password, "password"));
    }

    /** Returns the name of the user. */
    public String user() {
        return user;
    }

    /** Returns the password in the clear. */
    public String password() {
        return password;
    }

    @Override
    public String toString() {
        return "Credentials[" + user + "]";
    }
}
