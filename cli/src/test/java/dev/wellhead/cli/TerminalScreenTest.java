package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TerminalScreenTest {
    private static final String WRITTEN =
            "\r\u001b[Kcopying 10 %\r\u001b[Kcopying 60 %\r\u001b[K\u001b[1mid  made\u001b[0m\r\n1   <now>\r\n";

    @Test
    void onlyWhatWasNotErasedIsShown() {
        TerminalScreen screen = TerminalScreen.of(WRITTEN);

        assertThat(screen.text()).containsExactly("id  made", "1   <now>");
        assertThat(screen.columns()).isEqualTo(9);
        assertThat(screen.html()).startsWith("<span class=\"s1\">&#105;").doesNotContain("<now>");
    }

    @Test
    void lineThatIsErasedLaterCanBeSeen() {
        assertThat(TerminalScreen.of(WRITTEN, Pattern.compile("[6-9]\\d %")).text())
                .containsExactly("copying 60 %");
    }

    @Test
    void whatATerminalOfOursDoesNotKnowIsRefused() {
        assertThatThrownBy(() -> TerminalScreen.of("\u001b[2J")).isInstanceOf(AssertionError.class);
    }
}
