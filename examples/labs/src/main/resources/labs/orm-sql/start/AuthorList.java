import dev.wellhead.examples.labs.practice.Author;
import dev.wellhead.examples.labs.practice.Catalogue;
import java.util.List;
import org.hibernate.Session;

/** Asks for the authors, and each author for the books. */
public final class AuthorList implements Catalogue {
    @Override
    public List<String> lines(Session session) {
        return session.createSelectionQuery("from Author order by name", Author.class)
                .getResultList()
                .stream()
                .map(Author::line)
                .toList();
    }
}
