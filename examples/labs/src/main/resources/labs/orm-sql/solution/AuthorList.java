import dev.wellhead.examples.labs.practice.Author;
import dev.wellhead.examples.labs.practice.Catalogue;
import java.util.List;
import org.hibernate.Session;

/** Asks for the authors together with books and publishers. */
public final class AuthorList implements Catalogue {
    @Override
    public List<String> lines(Session session) {
        return session.createSelectionQuery(
                        "from Author a left join fetch a.books b left join fetch b.publisher"
                                + " order by a.name, b.published",
                        Author.class)
                .getResultList()
                .stream()
                .map(Author::line)
                .toList();
    }
}
