package dev.wellhead.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a terminal shows of what a program has written to it: as much of a terminal as our program makes use of. Anything else is
 * an error rather than passed over.
 */
final class TerminalScreen {
    private static final Pattern SEQUENCE = Pattern.compile("\u001b\\[([0-9;]*)([mK])");

    private final List<List<Cell>> lines = new ArrayList<>();
    private int row;
    private int column;
    private String style = "";

    private record Cell(int codePoint, String style) {}

    /** Shows everything. */
    static TerminalScreen of(String written) {
        return of(written, Pattern.compile("(?!)"));
    }

    /** Shows what stood there when a line that is erased later had this text; everything if there was no such line. */
    static TerminalScreen of(String written, Pattern moment) {
        TerminalScreen screen = new TerminalScreen();
        int at = 0;
        while (at < written.length()) {
            if (written.charAt(at) == '\u001b') {
                Matcher sequence = SEQUENCE.matcher(written).region(at, written.length());
                if (!sequence.lookingAt()) {
                    throw new AssertionError("unknown to this terminal: " + written.substring(at));
                }
                if (sequence.group(2).equals("m")) {
                    screen.style = sequence.group(1).equals("0") ? "" : screen.style + " s" + sequence.group(1);
                } else if (moment.matcher(screen.line(screen.row)).find()) {
                    return screen;
                } else {
                    screen.eraseRest();
                }
                at = sequence.end();
            } else {
                int codePoint = written.codePointAt(at);
                screen.put(codePoint);
                at += Character.charCount(codePoint);
            }
        }
        return screen;
    }

    private void put(int codePoint) {
        switch (codePoint) {
            case '\r' -> column = 0;
            case '\n' -> row++;
            default -> {
                List<Cell> line = cells(row);
                while (line.size() <= column) {
                    line.add(new Cell(' ', ""));
                }
                line.set(column++, new Cell(codePoint, style));
            }
        }
    }

    private void eraseRest() {
        List<Cell> line = cells(row);
        while (line.size() > column) {
            line.remove(line.size() - 1);
        }
    }

    private List<Cell> cells(int index) {
        while (lines.size() <= index) {
            lines.add(new ArrayList<>());
        }
        return lines.get(index);
    }

    private String line(int index) {
        StringBuilder text = new StringBuilder();
        cells(index).forEach(cell -> text.appendCodePoint(cell.codePoint));
        return text.toString();
    }

    /** Returns the lines as text. */
    List<String> text() {
        List<String> text = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            text.add(line(i).stripTrailing());
        }
        return text;
    }

    /** Returns how many columns the longest line takes. */
    int columns() {
        return text().stream().mapToInt(Columns::of).max().orElse(0);
    }

    /** Returns how many lines there are. */
    int rows() {
        return lines.size();
    }

    /** Returns it as HTML, each style a class named after its number, as {@code s31}. */
    String html() {
        StringBuilder html = new StringBuilder();
        for (List<Cell> line : lines) {
            String open = "";
            for (Cell cell : line) {
                if (!cell.style.equals(open)) {
                    html.append(open.isEmpty() ? "" : "</span>");
                    open = cell.style;
                    html.append(open.isEmpty() ? "" : "<span class=\"" + open.strip() + "\">");
                }
                html.append("&#").append(cell.codePoint).append(';');
            }
            html.append(open.isEmpty() ? "" : "</span>").append('\n');
        }
        return html.toString();
    }
}
