package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.Exchange;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * An edge between two stages and what is on its way over it: pages, or for a forward edge, where
 * elements stay in their lane, the first of them as they are.
 *
 * <p>Producing and consuming lanes take turns, each touching what is its own.
 */
final class InboundEdge {
  private final Edge edge;
  private final Node consumer;
  private final @Nullable Adversary adversary;
  private final Exchange exchange;
  private final List<List<WindowedValue<?>>> forwarded = new ArrayList<>();
  private volatile boolean waiting;

  /**
   * Makes an edge that nothing is on its way over.
   *
   * @param space where pages go that memory has no room for
   * @param adversary if not null, every element travels in a page of its own, and the pages of
   *     several senders arrive in an order that it decides
   */
  InboundEdge(
      Edge edge, Node consumer, int lanes, SpillSpace space, @Nullable Adversary adversary) {
    this.edge = edge;
    this.consumer = consumer;
    this.adversary = adversary;
    this.exchange = new Exchange(lanes, space);
    for (int lane = 0; lane < lanes; lane++) {
      forwarded.add(new ArrayList<>());
    }
  }

  Edge edge() {
    return edge;
  }

  Node consumer() {
    return consumer;
  }

  /** Whether every element travels in a page of its own. */
  boolean singleElementPages() {
    return adversary != null;
  }

  /** Says whether the stage takes nothing for now. Between rounds. */
  void setWaiting(boolean waits) {
    exchange.setWaiting(waits);
    waiting = waits;
  }

  /** Whether the stage takes nothing for now. */
  boolean isWaiting() {
    return waiting;
  }

  void send(int sender, int receiver, RecordBatch page) {
    exchange.send(sender, receiver, page);
  }

  void forward(int lane, WindowedValue<?> element) {
    forwarded.get(lane).add(element);
  }

  boolean hasAny(int lane) {
    return exchange.hasPages(lane) || !forwarded.get(lane).isEmpty();
  }

  Exchange.Pages takePages(int lane) {
    return adversary == null ? exchange.take(lane) : exchange.take(lane, adversary::sender);
  }

  List<WindowedValue<?>> takeElements(int lane) {
    return forwarded.set(lane, new ArrayList<>());
  }
}
