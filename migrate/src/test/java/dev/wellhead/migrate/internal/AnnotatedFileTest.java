package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wellhead.migrate.internal.AnnotatedFile.Section;
import dev.wellhead.migrate.internal.FileName.Convention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnotatedFileTest {
    @Test
    void dbmatePartsAFileIntoBothDirections() throws ScriptException {
        String up = "-- migrate:up transaction:false\r\nselect 1;\r\n";

        AnnotatedFile file = AnnotatedFile.read("\uFEFF-- a note\r\n" + up + "--migrate:down\r\nselect 2;");

        assertThat(file)
                .isEqualTo(new AnnotatedFile(
                        Convention.DBMATE,
                        new Section(up, 1),
                        new Section("--migrate:down\r\nselect 2;", 3),
                        true,
                        false));
    }

    @Test
    void goosePartsAFileIntoBothDirections() throws ScriptException {
        String up =
                "-- +goose NO TRANSACTION\n-- +goose up\n-- +goose StatementBegin\nselect 1;\n-- +goose StatementEnd\n";

        AnnotatedFile file = AnnotatedFile.read("\n/* licence */\n" + up + "-- +goose Down\nselect 2;");

        assertThat(file)
                .isEqualTo(new AnnotatedFile(
                        Convention.GOOSE, new Section(up, 2), new Section("-- +goose Down\nselect 2;", 7), true, true));
    }

    @Test
    void directionThatTakesBackMayBeMissing() throws ScriptException {
        AnnotatedFile file = AnnotatedFile.read("-- migrate:up\nselect 1");

        assertThat(file).isNotNull();
        assertThat(file.down()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1;",
                "-- migrate users to the new table\nselect 1;",
                "-- migrate: customers\nselect 1;",
                "-- goose is a bird\nselect 1;",
                "select '-- migrate:up';"
            })
    void otherCommentsMeanNothing(String text) throws ScriptException {
        assertThat(AnnotatedFile.read(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-- migrate: up| 1| misspelled",
                "-- Migrate:Up| 1| misspelled",
                "-- migrate:upp| 1| misspelled",
                "-- migrate:up~-- migrate:dwon| 2| misspelled",
                "-- migrate:up~-- migrate:sideways| 2| misspelled",
                "-- migrate:up transactions:false| 1| an option",
                "-- migrate:up~-- migrate:up| 2| is there twice",
                "-- migrate:down| 1| stands before the part that applies",
                "-- migrate:up~-- migrate:down~-- migrate:down| 3| is there twice",
                "-- migrate:up~-- +goose Down| 2| another tool",
                "-- note~select 1;~-- migrate:up| 2| a statement stands before",
                "-- goose Up| 1| misspelled",
                "-- + goose Up| 1| misspelled",
                "-- +goose Upp| 1| misspelled",
                "-- +goose Up~-- +goose ENVSUB ON| 2| variables of the environment",
                "-- +goose Up~-- +goose StatementBegin| 2| has no StatementEnd",
                "-- +goose Up~-- +goose StatementEnd| 2| no StatementBegin",
                "-- +goose Up~-- +goose StatementBegin~-- +goose StatementBegin| 3| inside another",
                "-- +goose StatementBegin~-- +goose Up| 1| stands before -- +goose Up",
                "-- +goose NO TRANSACTION~select 1| 1| no -- +goose Up",
            })
    void whatIsMisspelledOrMisplacedIsRefusedWithItsLine(String text, int line, String words) {
        ScriptException refusal =
                catchThrowableOfType(ScriptException.class, () -> AnnotatedFile.read(text.replace('~', '\n')));

        assertThat(refusal).hasMessageContaining(words);
        assertThat(refusal.line()).isEqualTo(line);
    }
}
