package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.combine.BatchCombineProcessor;
import dev.tidemark.runner.stage.combine.CombineGroupedValuesProcessor;
import dev.tidemark.runner.stage.combine.CombinedValues;
import dev.tidemark.runner.stage.combine.PartialCombineProcessor;
import dev.tidemark.runner.stage.durable.DurableInputProcessor;
import dev.tidemark.runner.stage.flatten.PassThroughProcessor;
import dev.tidemark.runner.stage.group.BatchGroupProcessor;
import dev.tidemark.runner.stage.group.GroupContents;
import dev.tidemark.runner.stage.group.GroupedValues;
import dev.tidemark.runner.stage.group.ReduceFnGroupProcessor;
import dev.tidemark.runner.stage.group.SessionGroupProcessor;
import dev.tidemark.runner.stage.group.StreamingGroupProcessor;
import dev.tidemark.runner.stage.pardo.ParDoProcessor;
import dev.tidemark.runner.stage.sdf.PairWithRestrictionProcessor;
import dev.tidemark.runner.stage.sdf.ProcessSizedElementsProcessor;
import dev.tidemark.runner.stage.sdf.SplitAndSizeRestrictionsProcessor;
import dev.tidemark.runner.stage.shard.WithShardedKeyProcessor;
import dev.tidemark.runner.stage.sideinput.MaterializeProcessor;
import dev.tidemark.runner.stage.sideinput.PaneGroupProcessor;
import dev.tidemark.runner.stage.sideinput.UpstreamPanes;
import dev.tidemark.runner.stage.sideinput.ViewGroupProcessor;
import dev.tidemark.runner.stage.sideinput.WithEmptyKeyProcessor;
import dev.tidemark.runner.stage.window.WindowIntoProcessor;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.util.List;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Chooses the processor of a node: the native one where there is one for the node's policy and
 * windowing, else the one that wraps Beam's own classes.
 */
public final class NodeProcessors {
  private NodeProcessors() {}

  /**
   * Makes the processor of a node that is not a source, not yet opened; behind a durable edge if
   * one leads to it. In a job that keeps its state, those that redistribute elements are such edges
   * too, unless their author accepts duplicates: Beam's IOs use them as their checkpoint.
   *
   * @param node what to execute
   * @param stage of the lane that will run it
   */
  public static NodeProcessor create(Node node, StageContext stage) {
    NodeProcessor processor = ofOperation(node, stage);
    return hasStableInput(node, stage)
        ? new DurableInputProcessor(processor, isKeyed(node))
        : processor;
  }

  private static boolean hasStableInput(Node node, StageContext stage) {
    if (stage.durable()
        && node.operation() instanceof Operation.Redistribute redistribute
        && !redistribute.allowDuplicates()) {
      return true;
    }
    return stage.stage().incoming().stream()
        .anyMatch(edge -> edge.durable() && edge.consumer().equals(node.id()));
  }

  /** Also behind a redistribution by key, functions of the same stage may keep state. */
  private static boolean isKeyed(Node node) {
    return node.operation().needsKeys()
        || (node.operation() instanceof Operation.Redistribute redistribute
            && redistribute.byKey());
  }

  private static NodeProcessor ofOperation(Node node, StageContext stage) {
    Operation operation = node.operation();
    if (operation instanceof Operation.ParDo) {
      return new ParDoProcessor(stage.policy().checkMutations());
    } else if (operation instanceof Operation.GroupByKey) {
      return grouping(node, stage);
    } else if (operation instanceof Operation.PartialCombine partialCombine) {
      return new PartialCombineProcessor(partialCombine);
    } else if (operation instanceof Operation.CombinePerKey combine) {
      if (batchNative(node, stage)) {
        return new BatchCombineProcessor(combine);
      }
      return streaming(node, stage, CombinedValues.of(combine));
    } else if (operation instanceof Operation.CombineGroupedValues combineValues) {
      return new CombineGroupedValuesProcessor(combineValues);
    } else if (operation instanceof Operation.WindowInto) {
      return new WindowIntoProcessor();
    } else if (operation instanceof Operation.Flatten
        || operation instanceof Operation.Redistribute) {
      return new PassThroughProcessor();
    } else if (operation instanceof Operation.PairWithRestriction) {
      return new PairWithRestrictionProcessor();
    } else if (operation instanceof Operation.SplitAndSizeRestrictions) {
      return new SplitAndSizeRestrictionsProcessor();
    } else if (operation instanceof Operation.ProcessSizedElements) {
      return new ProcessSizedElementsProcessor(stage.policy().inlineSplittable());
    } else if (operation instanceof Operation.WithEmptyKey) {
      return new WithEmptyKeyProcessor();
    } else if (operation instanceof Operation.WithShardedKey sharding) {
      return new WithShardedKeyProcessor(sharding);
    } else if (operation instanceof Operation.Harness) {
      return stage.harness(node);
    } else if (operation instanceof Operation.Materialize) {
      return new MaterializeProcessor(stage.sideInputPublisher(node.id()), stage.sideInputSpace());
    }
    throw new IllegalArgumentException(node.fullName() + ": " + operation + " has no processor");
  }

  private static NodeProcessor grouping(Node node, StageContext stage) {
    boolean shown = isShown(node, stage);
    if (batchNative(node, stage)) {
      boolean merging = stage.components().windowing(node.inputs().get(0)).needsMerge();
      return shown && !merging
          ? new ViewGroupProcessor(stage.sideInputSpace())
          : new BatchGroupProcessor();
    }
    if (shown && UpstreamPanes.areVersions(node, stage.components())) {
      return new PaneGroupProcessor();
    }
    return streaming(node, stage, GroupedValues::of);
  }

  /** Whether the groups of a node go to a side input, and nowhere else, by direct calls. */
  private static boolean isShown(Node node, StageContext stage) {
    List<Node> consumers =
        stage.stage().innerEdges().stream()
            .filter(edge -> edge.producer().equals(node.id()))
            .flatMap(
                edge ->
                    stage.stage().nodes().stream()
                        .filter(other -> other.id().equals(edge.consumer())))
            .toList();
    return consumers.size() == 1 && consumers.get(0).operation() instanceof Operation.Materialize;
  }

  private static boolean batchNative(Node node, StageContext stage) {
    WindowingStrategy<?, ?> windowing = stage.components().windowing(node.inputs().get(0));
    return !stage.policy().streaming() && BatchGroupProcessor.supports(windowing);
  }

  private static NodeProcessor streaming(
      Node node, StageContext stage, GroupContents.Factory contents) {
    WindowingStrategy<?, ?> windowing = stage.components().windowing(node.inputs().get(0));
    if (StreamingGroupProcessor.supports(windowing)) {
      return new StreamingGroupProcessor(contents);
    }
    return SessionGroupProcessor.supports(windowing)
        ? new SessionGroupProcessor(contents)
        : new ReduceFnGroupProcessor();
  }
}
