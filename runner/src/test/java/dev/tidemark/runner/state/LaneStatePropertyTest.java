package dev.tidemark.runner.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.state.NaiveState.Address;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random operations on cells and timers, held equal to plain collections. */
class LaneStatePropertyTest {
  private static final List<Long> CACHES = List.of(0L, 2_000L, 1L << 30);

  @Property(tries = 150)
  void objectsOnlyEqualPlainCollections(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int steps) {
    Random random = new Random(seed);
    LaneGroup lanes = LaneGroup.inMemory();
    NaiveState model = new NaiveState();
    RandomStateOperations operations = new RandomStateOperations(random, model, lanes);
    for (int step = 0; step < steps; step++) {
      operations.one();
      if (random.nextInt(10) == 0) {
        lanes.cleanUp();
      }
      if (random.nextInt(20) == 0) {
        lanes.seal();
        lanes.commitOne();
      }
    }
    operations.compareAll();
    operations.clearAll();
    lanes.cleanUp();
    assertThat(lanes.lanes().get(0).keysInMemory()).isZero();
    assertThat(lanes.store().size()).isZero();
  }

  @Property(tries = 300)
  void durableLanesEqualPlainCollections(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 300) int steps,
      @ForAll @IntRange(max = 2) int cache) {
    Random random = new Random(seed);
    LaneGroup lanes = LaneGroup.durable(1 + random.nextInt(4), CACHES.get(cache));
    int empty = lanes.store().size();
    NaiveState model = new NaiveState();
    RandomStateOperations operations = new RandomStateOperations(random, model, lanes);
    for (int step = 0; step < steps; step++) {
      operations.one();
      if (random.nextInt(10) == 0) {
        lanes.cleanUp();
      }
      if (random.nextInt(15) == 0) {
        lanes.seal();
      }
      if (random.nextInt(20) == 0) {
        lanes.commitOne();
      }
      if (random.nextInt(60) == 0) {
        lanes.restart(1 + random.nextInt(4), CACHES.get(cache));
      }
    }
    operations.compareAll();
    operations.clearAll();
    lanes.restart(2, CACHES.get(cache));
    assertThat(lanes.store().size()).isEqualTo(empty);
    operations.compareAll();
    lanes.cleanUp();
    assertThat(lanes.lanes()).allSatisfy(lane -> assertThat(lane.keysInMemory()).isZero());
  }

  @Property(tries = 150)
  void discardGoesBackToTheLastCommit(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 300) int steps,
      @ForAll @IntRange(max = 2) int cache) {
    Random random = new Random(seed);
    LaneGroup lanes = LaneGroup.durable(2, CACHES.get(cache));
    NaiveState committed = new NaiveState();
    Deque<NaiveState> sealed = new ArrayDeque<>();
    RandomStateOperations operations = new RandomStateOperations(random, new NaiveState(), lanes);
    for (int step = 0; step < steps; step++) {
      operations.one();
      if (random.nextInt(15) == 0) {
        lanes.seal();
        sealed.add(operations.model().copy());
      }
      if (random.nextInt(20) == 0 && lanes.commitOne()) {
        committed = sealed.remove();
      }
      if (random.nextInt(40) == 0) {
        lanes.discard();
        sealed.clear();
        operations = new RandomStateOperations(random, committed.copy(), lanes);
        operations.compareAll();
      }
    }
    operations.compareAll();
  }

  @Property(tries = 50)
  void valueCellsAreVisitedOnce(@ForAll long seed) {
    Random random = new Random(seed);
    LaneGroup objects = LaneGroup.inMemory();
    LaneGroup durable = LaneGroup.durable(1, random.nextBoolean() ? 0 : 1 << 20);
    NaiveState model = new NaiveState();
    for (int step = 0; step < 60; step++) {
      Address address = RandomStateOperations.address(random);
      boolean write = random.nextInt(3) > 0;
      for (LaneGroup lanes : List.of(objects, durable)) {
        var cell =
            lanes
                .cells(address.node(), address.key())
                .value(address.namespace(), "v", RandomStateOperations.STRINGS);
        if (write) {
          cell.write("x");
        } else {
          cell.clear();
        }
        if (step % 7 == 0) {
          lanes.seal();
          lanes.commitOne();
        }
      }
      if (write) {
        model.values.put(address, "x");
      } else {
        model.values.remove(address);
      }
    }
    for (int node = 0; node < 2; node++) {
      int wanted = node;
      assertThat(durable.valueCells(node, "v"))
          .isEqualTo(objects.valueCells(node, "v"))
          .hasSize(
              (int)
                  model.values.keySet().stream()
                      .filter(address -> address.node() == wanted)
                      .count());
      assertThat(durable.valueCells(node, "other")).isEmpty();
    }
  }
}
