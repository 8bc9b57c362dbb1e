package dev.wellhead.examples.labs.practice;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes books. They are loaded when they are asked for. */
@Entity
@Table(name = "authors")
public class Author {
    @Id
    private long id;

    private String name = "";

    @OneToMany(mappedBy = "author")
    @OrderBy("published")
    private List<Book> books = new ArrayList<>();

    /** For Hibernate. */
    protected Author() {}

    /** Returns the key. */
    public long id() {
        return id;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the books, by year. */
    public List<Book> books() {
        return books;
    }

    /** Returns the line of a catalogue: name, and the books with publisher and year. */
    public String line() {
        if (books().isEmpty()) {
            return name() + ": nothing yet";
        }
        return name() + ": "
                + books().stream()
                        .map(book -> book.title() + " (" + nameOf(book.publisher()) + ", " + book.published() + ")")
                        .collect(Collectors.joining("; "));
    }

    private static String nameOf(@Nullable Publisher publisher) {
        return publisher == null ? "unknown" : publisher.name();
    }
}
