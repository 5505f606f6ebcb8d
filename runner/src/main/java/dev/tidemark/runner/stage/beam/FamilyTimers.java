package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.MapCell;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.values.KV;

/**
 * Remembers which timers of a user's timer families are set in a processing time domain, in the
 * node's state. Their ids are the user's, and so could not be found again when a window expires;
 * one that stayed behind would hold the output watermark until it fired into nothing.
 *
 * <p>Owned by the lane.
 */
final class FamilyTimers {
  private static final String CELL_ID = "familyTimers";
  private static final Coder<KV<String, String>> TIMER_CODER =
      KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());

  private final NodeContext context;
  private final KeyedStepContext step;

  FamilyTimers(NodeContext context, KeyedStepContext step) {
    this.context = context;
    this.step = step;
  }

  /** To be called when a timer is set. */
  void onSet(TimerRecord timer) {
    if (isTracked(timer.family(), timer.domain())) {
      cell(timer.namespace()).put(KV.of(timer.family(), timer.id()), timer.domain().ordinal());
    }
  }

  /** To be called when a timer is deleted or fires. */
  void onGone(String namespace, String family, String id, TimeDomain domain) {
    if (isTracked(family, domain)) {
      cell(namespace).remove(KV.of(family, id));
    }
  }

  /** Deletes all such timers of the key at hand in a namespace. */
  void deleteAll(String namespace) {
    MapCell<KV<String, String>, Integer> cell = cell(namespace);
    if (cell.isEmpty()) {
      return;
    }
    List<Map.Entry<KV<String, String>, Integer>> timers = new ArrayList<>();
    cell.entries().forEach(timers::add);
    for (Map.Entry<KV<String, String>, Integer> timer : timers) {
      context
          .timers()
          .delete(
              step.key(),
              namespace,
              timer.getKey().getKey(),
              timer.getKey().getValue(),
              TimeDomain.values()[timer.getValue()]);
    }
    cell.clear();
  }

  private static boolean isTracked(String family, TimeDomain domain) {
    return !family.isEmpty() && domain != TimeDomain.EVENT_TIME;
  }

  private MapCell<KV<String, String>, Integer> cell(String namespace) {
    return step.cells().map(namespace, CELL_ID, TIMER_CODER, VarIntCoder.of());
  }
}
