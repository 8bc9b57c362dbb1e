package dev.wellhead.examples.labs.practice;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A book. Its author is loaded when asked for; its publisher at once, which is the default of the standard. */
@Entity
@Table(name = "books")
public class Book {
    @Id
    private long id;

    private String title = "";

    private int published;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "author_id")
    private @Nullable Author author;

    @ManyToOne
    @JoinColumn(name = "publisher_id")
    private @Nullable Publisher publisher;

    /** For Hibernate. */
    protected Book() {}

    /** Returns the key. */
    public long id() {
        return id;
    }

    /** Returns the title. */
    public String title() {
        return title;
    }

    /** Returns the year in which it was published. */
    public int published() {
        return published;
    }

    /** Returns who wrote it. */
    public @Nullable Author author() {
        return author;
    }

    /** Returns who printed it; null if nobody is known. */
    public @Nullable Publisher publisher() {
        return publisher;
    }
}
