package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrmSqlLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new OrmSqlLab(), work);
    }

    private static final String FETCHES = "left join fetch a.books b left join fetch b.publisher";

    @Test
    void innerJoinLosesAuthorsAndDoesNotPass() throws Exception {
        solution()
                .with("AuthorList.java", FETCHES, "join fetch a.books b left join fetch b.publisher")
                .play()
                .misses("all 100 authors", "all 200 authors");
    }

    @Test
    void publishersOneByOneDoNotPass() throws Exception {
        solution()
                .with("AuthorList.java", FETCHES, "left join fetch a.books b")
                .play()
                .misses("statements for 100 authors", "statements for 200 authors");
    }

    @Test
    void twoQueriesPassAsWell() throws Exception {
        solution()
                .with("AuthorList.java", "return session", """
                session.createSelectionQuery("from Publisher", dev.wellhead.examples.labs.practice.Publisher.class)
                        .getResultList();
                return session""")
                .with("AuthorList.java", FETCHES, "left join fetch a.books b")
                .play()
                .isSolved();
    }
}
