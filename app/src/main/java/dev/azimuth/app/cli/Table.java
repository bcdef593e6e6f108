package dev.azimuth.app.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells with aligned columns. Colours take no room. */
final class Table {
  private static final String GAP = "  ";

  private final String indent;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String indent) {
    this.indent = indent;
  }

  Table row(String... cells) {
    return row(List.of(cells));
  }

  Table row(List<String> cells) {
    rows.add(List.copyOf(cells));
    return this;
  }

  @Override
  public String toString() {
    var widths = new ArrayList<Integer>();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), width(row.get(i))));
      }
    }
    var text = new StringBuilder();
    for (List<String> row : rows) {
      var line = new StringBuilder(indent);
      for (int i = 0; i < row.size(); i++) {
        String cell = row.get(i);
        line.append(cell).repeat(' ', widths.get(i) - width(cell)).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** Characters seen: everything but colour sequences. */
  private static int width(String cell) {
    int width = 0;
    for (int i = 0; i < cell.length(); i++) {
      if (cell.charAt(i) == '\u001b') {
        i = cell.indexOf('m', i);
      } else {
        width++;
      }
    }
    return width;
  }
}
