package dev.wellhead.examples.labs.practice;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** Prints books. Mapped as most people would: only with what is needed. */
@Entity
@Table(name = "publishers")
public class Publisher {
    @Id
    private long id;

    private String name = "";

    /** For Hibernate. */
    protected Publisher() {}

    /** Returns the key. */
    public long id() {
        return id;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }
}
