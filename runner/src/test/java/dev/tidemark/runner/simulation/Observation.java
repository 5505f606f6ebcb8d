package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Windowing.Span;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.jspecify.annotations.Nullable;

/**
 * What a run has put out, brought into the form of the oracle's answer.
 *
 * @param rows the elements as they came
 */
record Observation(List<Row> rows) {

  /** A key and a window. */
  record Cell(int key, Span span) implements Comparable<Cell> {
    private static final Comparator<Cell> ORDER =
        Comparator.comparingInt(Cell::key)
            .thenComparingLong(cell -> cell.span.startMillis())
            .thenComparingLong(cell -> cell.span.endMillis());

    @Override
    public int compareTo(Cell other) {
      return ORDER.compare(this, other);
    }
  }

  /** A key, a window, the timestamp of the result and what the group comes to. */
  record Group(int key, Span span, long outputMillis, List<Integer> values) {}

  /** One element of the output. */
  record Row(Cell cell, long pane, boolean first, boolean last, Timing timing, List<Integer> values)
      implements Serializable {
    static Row of(Cell cell, PaneInfo pane, List<Integer> values) {
      return new Row(
          cell, pane.getIndex(), pane.isFirst(), pane.isLast(), pane.getTiming(), values);
    }
  }

  /** Says what is wrong with this observation, or gives null if it agrees with the oracle. */
  @Nullable String disagreement(PipelineSpec spec) {
    if (spec.exactPanes()) {
      return paneDifference(spec);
    }
    Map<Cell, List<Integer>> expected = Oracle.evaluate(spec);
    Map<Cell, List<Integer>> actual = groups(spec.reassembly());
    if (spec.windowing().sessions() && !spec.rewindowed()) {
      return sessionDisagreement(spec, expected, actual);
    }
    String difference = difference(expected, actual);
    return difference == null ? paneDisagreement(spec) : difference;
  }

  /** Compares pane by pane, in the order in which they came. */
  private @Nullable String paneDifference(PipelineSpec spec) {
    Map<Cell, List<OraclePanes.Pane>> panes = new TreeMap<>();
    for (Row row : rows) {
      List<Integer> values = row.values().stream().sorted().toList();
      panes
          .computeIfAbsent(row.cell(), cell -> new ArrayList<>())
          .add(new OraclePanes.Pane(row.pane(), row.last(), row.timing(), values));
    }
    Map<Cell, List<OraclePanes.Pane>> expected = OraclePanes.evaluate(spec);
    for (Cell cell : OraclePanes.unheld(spec)) {
      panes.computeIfPresent(cell, (any, all) -> news(all));
      expected.computeIfPresent(cell, (any, all) -> news(all));
    }
    return difference(expected, panes);
  }

  /** Without empty panes, and without what depends on them. */
  private static List<OraclePanes.Pane> news(List<OraclePanes.Pane> panes) {
    List<OraclePanes.Pane> news = new ArrayList<>();
    List<Integer> before = List.of();
    for (OraclePanes.Pane pane : panes) {
      boolean empty = pane.values().stream().allMatch(value -> value == 0);
      if (!empty && !pane.values().equals(before)) {
        news.add(new OraclePanes.Pane(0, false, Timing.UNKNOWN, pane.values()));
      }
      before = pane.values();
    }
    return news;
  }

  /** The rows of each cell put together. */
  private Map<Cell, List<Integer>> groups(Aggregation.Reassembly reassembly) {
    Map<Cell, List<Row>> rowsOfCells = new TreeMap<>();
    for (Row row : rows) {
      rowsOfCells.computeIfAbsent(row.cell(), cell -> new ArrayList<>()).add(row);
    }
    Map<Cell, List<Integer>> groups = new TreeMap<>();
    rowsOfCells.forEach((cell, parts) -> groups.put(cell, reassemble(reassembly, parts)));
    return groups;
  }

  private static List<Integer> reassemble(Aggregation.Reassembly reassembly, List<Row> parts) {
    return switch (reassembly) {
      case UNION -> values(parts).stream().sorted().toList();
      case LAST_PANE ->
          parts.stream().max(Comparator.comparingLong(Row::pane)).orElseThrow().values().stream()
              .sorted()
              .toList();
      case SUM -> List.of(values(parts).stream().mapToInt(Integer::intValue).sum());
      case MAXIMUM -> List.of(values(parts).stream().mapToInt(Integer::intValue).max().orElse(0));
      case HIGHEST_COUNT -> highestCounts(parts);
    };
  }

  private static List<Integer> values(List<Row> parts) {
    List<Integer> values = new ArrayList<>();
    parts.forEach(part -> values.addAll(part.values()));
    return values;
  }

  private static List<Integer> highestCounts(List<Row> parts) {
    Map<Integer, List<Integer>> best = new TreeMap<>();
    for (Row part : parts) {
      best.merge(part.values().get(0), part.values(), (a, b) -> a.get(1) >= b.get(1) ? a : b);
    }
    List<Integer> all = new ArrayList<>();
    best.values().forEach(all::addAll);
    return all;
  }

  /**
   * A session may be fired early, before it has grown to its final span. So each window that was
   * put out has to lie within a final one; and then discarding panes are compared key by key,
   * accumulating ones by the final windows.
   */
  private static @Nullable String sessionDisagreement(
      PipelineSpec spec, Map<Cell, List<Integer>> expected, Map<Cell, List<Integer>> actual) {
    for (Cell cell : actual.keySet()) {
      boolean within =
          expected.keySet().stream()
              .anyMatch(each -> each.key() == cell.key() && each.span().contains(cell.span()));
      if (!within) {
        return "No session holds " + cell + "; " + difference(expected, actual);
      }
    }
    if (spec.reassembly() == Aggregation.Reassembly.LAST_PANE) {
      Map<Cell, List<Integer>> finals = new TreeMap<>(actual);
      finals.keySet().retainAll(expected.keySet());
      return expected.equals(finals) ? null : "" + difference(expected, actual);
    }
    Map<Integer, List<Integer>> expectedByKey = byKey(spec.reassembly(), expected);
    Map<Integer, List<Integer>> actualByKey = byKey(spec.reassembly(), actual);
    return expectedByKey.equals(actualByKey) ? null : difference(expected, actual);
  }

  private static Map<Integer, List<Integer>> byKey(
      Aggregation.Reassembly reassembly, Map<Cell, List<Integer>> cells) {
    Map<Integer, List<Row>> parts = new TreeMap<>();
    cells.forEach(
        (cell, values) ->
            parts
                .computeIfAbsent(cell.key(), key -> new ArrayList<>())
                .add(Row.of(cell, PaneInfo.NO_FIRING, values)));
    Map<Integer, List<Integer>> byKey = new TreeMap<>();
    parts.forEach((key, rows) -> byKey.put(key, reassemble(reassembly, rows)));
    return byKey;
  }

  /**
   * The panes of one cell are numbered from 0 without holes, the first and only it says so, none
   * comes after the last, and early ones precede the on-time one, which precedes late ones.
   */
  private @Nullable String paneDisagreement(PipelineSpec spec) {
    Aggregation last =
        spec.second().<Aggregation>map(PipelineSpec.Second::combine).orElse(spec.aggregation());
    if (last.stateful()) {
      return null; // a stateful function's outputs carry no panes of their own
    }
    Map<Cell, List<Row>> panes = new TreeMap<>();
    rows.forEach(row -> panes.computeIfAbsent(row.cell(), cell -> new ArrayList<>()).add(row));
    for (Map.Entry<Cell, List<Row>> cell : panes.entrySet()) {
      List<Row> sorted =
          cell.getValue().stream().sorted(Comparator.comparingLong(Row::pane)).toList();
      for (int i = 0; i < sorted.size(); i++) {
        Row row = sorted.get(i);
        boolean ordered = i == 0 || rank(sorted.get(i - 1).timing()) <= rank(row.timing());
        boolean twiceOnTime =
            i > 0 && row.timing() == Timing.ON_TIME && sorted.get(i - 1).timing() == Timing.ON_TIME;
        boolean afterLast = i < sorted.size() - 1 && row.last();
        if (row.pane() != i || row.first() != (i == 0) || !ordered || twiceOnTime || afterLast) {
          return "Impossible panes of " + cell.getKey() + ": " + sorted;
        }
      }
    }
    return null;
  }

  private static int rank(Timing timing) {
    return switch (timing) {
      case EARLY -> 0;
      case ON_TIME -> 1;
      case LATE -> 2;
      case UNKNOWN -> -1;
    };
  }

  private static <T> @Nullable String difference(Map<Cell, T> expected, Map<Cell, T> actual) {
    StringBuilder text = new StringBuilder();
    expected.forEach(
        (cell, values) -> {
          if (!values.equals(actual.get(cell))) {
            text.append("\n      ").append(cell).append(" should be ").append(values);
            text.append(" but is ").append(actual.get(cell));
          }
        });
    actual.forEach(
        (cell, values) -> {
          if (!expected.containsKey(cell)) {
            text.append("\n      ").append(cell).append(" should not be, but is ").append(values);
          }
        });
    return text.isEmpty() ? null : text.toString();
  }
}
