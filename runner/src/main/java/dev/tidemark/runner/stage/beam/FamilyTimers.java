package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.MapCell;
import dev.tidemark.runner.stage.Key;
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
public final class FamilyTimers {
  private static final String CELL_ID = "familyTimers";
  private static final Coder<KV<String, String>> TIMER_CODER =
      KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());

  private final NodeContext context;

  /** For the node of {@code context}. */
  public FamilyTimers(NodeContext context) {
    this.context = context;
  }

  /** To be called when a timer is set. */
  public void onSet(TimerRecord timer) {
    if (isTracked(timer.family(), timer.domain())) {
      cell(timer.key(), timer.namespace())
          .put(KV.of(timer.family(), timer.id()), timer.domain().ordinal());
    }
  }

  /** To be called when a timer is deleted or fires. */
  public void onGone(Key key, String namespace, String family, String id, TimeDomain domain) {
    if (isTracked(family, domain)) {
      cell(key, namespace).remove(KV.of(family, id));
    }
  }

  /** Whether any such timer of a key is set in a namespace. */
  public boolean isAnySet(Key key, String namespace) {
    return !cell(key, namespace).isEmpty();
  }

  /** Deletes all such timers of a key in a namespace. */
  public void deleteAll(Key key, String namespace) {
    MapCell<KV<String, String>, Integer> cell = cell(key, namespace);
    if (cell.isEmpty()) {
      return;
    }
    List<Map.Entry<KV<String, String>, Integer>> timers = new ArrayList<>();
    cell.entries().forEach(timers::add);
    for (Map.Entry<KV<String, String>, Integer> timer : timers) {
      context
          .timers()
          .delete(
              key,
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

  private MapCell<KV<String, String>, Integer> cell(Key key, String namespace) {
    return context.cells().forKey(key).map(namespace, CELL_ID, TIMER_CODER, VarIntCoder.of());
  }
}
