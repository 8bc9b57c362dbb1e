package dev.wellhead.examples.labs.practice;

import java.util.List;
import org.hibernate.Session;

/** Lists all authors with their books. */
public interface Catalogue {
    /**
     * Returns the {@link Author#line() line} of each author, ordered by the authors' names, those without books too.
     *
     * @param session in a transaction; nobody else uses it
     */
    List<String> lines(Session session);
}
