package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.internal.CatalogObject;
import dev.wellhead.migrate.SchemaSnapshot.Change;
import dev.wellhead.migrate.SchemaSnapshot.Difference;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SchemaSnapshotTest {
    private static CatalogObject object(String kind, String name, String definition) {
        return new CatalogObject(kind, null, null, name, definition);
    }

    private static SchemaSnapshot table(String columns, String type) {
        return SchemaSnapshot.of(List.of(
                object("table", "public.t", ""),
                object("column-order", "public.t", columns),
                object("column", "public.t.a", type),
                object("column", "public.t.b", "text")));
    }

    @Property(tries = 300)
    void textReadsBackAsItWas(@ForAll @Size(max = 8) List<String> names, @ForAll String definition) {
        SchemaSnapshot snapshot = SchemaSnapshot.of(
                names.stream().map(name -> object("kind", name, definition)).toList());

        SchemaSnapshot read = SchemaSnapshot.parse(snapshot.text());

        assertThat(read).isEqualTo(snapshot);
        assertThat(read.size()).isEqualTo(snapshot.size());
        assertThat(read.differencesTo(snapshot)).isEmpty();
    }

    @Test
    void textHasOneObjectALineAndDefinitionsBelow() {
        SchemaSnapshot snapshot = SchemaSnapshot.of(
                List.of(object("table", "public.\"a\nb\"", ""), object("function", "public.f()", "\nCREATE\n  f\n")));

        assertThat(snapshot.text())
                .isEqualTo("wellhead schema 1\nfunction public.f()\n  \n  CREATE\n    f\n  \ntable public.\"a\\nb\"\n");
        assertThat(snapshot.hash()).hasSize(64).isNotEqualTo(table("a", "int").hash());
        assertThat(snapshot.toJson())
                .startsWith("{\"hash\":\"" + snapshot.hash() + "\",\"objects\":[{\"kind\":\"function\"");
    }

    @Test
    void otherTextsAreNoSnapshots() {
        for (String text :
                new String[] {"", "x", "wellhead schema 2\n", "wellhead schema 1\n  x\n", "wellhead schema 1"}) {
            assertThatThrownBy(() -> SchemaSnapshot.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void orderOfColumnsIsToldFromContent() {
        assertThat(table("a, b", "int").differencesTo(table("b, a", "int")))
                .containsExactly(new Difference(Change.REORDERED, "column-order", "public.t", "a, b", "b, a"));
        assertThat(table("a, b", "int").differencesTo(table("a, b", "bigint")))
                .containsExactly(new Difference(Change.CHANGED, "column", "public.t.a", "int", "bigint"));
    }

    @Test
    void columnThatIsOnlyOnOneSideIsNoOtherOrder() {
        SchemaSnapshot more = SchemaSnapshot.of(List.of(
                object("table", "public.t", ""),
                object("column-order", "public.t", "a, c, b"),
                object("column", "public.t.a", "int"),
                object("column", "public.t.b", "text"),
                object("column", "public.t.c", "text")));

        assertThat(table("a, b", "int").differencesTo(more))
                .containsExactly(new Difference(Change.ADDED, "column", "public.t.c", null, "text"));
        assertThat(more.differencesTo(table("b, a", "int")))
                .extracting(Difference::change)
                .containsExactly(Change.MISSING, Change.REORDERED);
    }

    @Test
    void whatGoesWithATableIsNotListedBesideIt() {
        SchemaSnapshot none = SchemaSnapshot.of(List.of(object("table", "public.tt", "")));

        assertThat(table("a, b", "int").differencesTo(none))
                .extracting(Difference::change, Difference::name)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Change.MISSING, "public.t"),
                        org.assertj.core.groups.Tuple.tuple(Change.ADDED, "public.tt"));
    }
}
