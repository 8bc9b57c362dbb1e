package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAlignedAndControlCharactersEscaped() {
        TextTable table = new TextTable("a", "long heading", "c")
                .row("wide cell", 1, "x\ny")
                .row("", 22, "");

        assertThat(table).hasToString("""
                a          long heading  c
                wide cell  1             x\\ny
                           22""");
    }

    @Test
    void rowOfAnotherWidthIsRefused() {
        TextTable table = new TextTable("a", "b");

        assertThatThrownBy(() -> table.row("only one")).isInstanceOf(IllegalArgumentException.class);
    }
}
