package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.StageGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JobStoreTest {
  private final Path folder;
  private final TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);

  JobStoreTest(@TempDir Path folder) {
    this.folder = folder.resolve("state");
    options.setJobName("clicks");
  }

  /** Keeps the last value of each key. */
  private static final class KeepLast<T> extends DoFn<KV<String, Integer>, Void> {
    @StateId("last")
    private final StateSpec<ValueState<T>> lastSpec;

    private KeepLast(Coder<T> coder) {
      lastSpec = StateSpecs.value(coder);
    }

    @ProcessElement
    public void process(@StateId("last") ValueState<T> last) {
      last.clear();
    }
  }

  @Test
  void theSameJobOpensItAgain() {
    run(pipeline("Keep", VarIntCoder.of()));
    run(pipeline("Keep", VarIntCoder.of()));
  }

  @Test
  void theDirectoryIsHeldWhileTheJobRuns() {
    try (JobStore store = open(pipeline("Keep", VarIntCoder.of()))) {
      assertThat(store.store().manifest().epoch()).isEqualTo(0);
      assertThatThrownBy(() -> StateDirectory.open(folder))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("is in use");
    }
    StateDirectory.open(folder).close();
  }

  @Test
  void anotherCoderIsRefusedAndTheDirectoryFreeAgain() {
    run(pipeline("Keep", VarIntCoder.of()));
    options.setAllowDroppedState(true);
    assertThatThrownBy(() -> open(pipeline("Keep", StringUtf8Coder.of())))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("the state in " + folder + " (job clicks, Beam 2.")
        .hasMessageContaining(
            "does not fit the pipeline:\n"
                + "  Keep/ParMultiDo(KeepLast) cannot read its state: state last: was value of "
                + "org.apache.beam.sdk.coders.VarIntCoder<java.lang.Integer>, is now value of "
                + "org.apache.beam.sdk.coders.StringUtf8Coder<java.lang.String>");
    run(pipeline("Keep", VarIntCoder.of()));
  }

  @Test
  void anotherNameHasToBeMappedOrTheStateDropped() {
    run(pipeline("Keep", VarIntCoder.of()));
    assertThatThrownBy(() -> open(pipeline("Last", VarIntCoder.of())))
        .hasMessageContaining("Keep/ParMultiDo(KeepLast) is not in the pipeline any more")
        .hasMessageContaining("--allowDroppedState");
    options.setTransformNameMapping(Map.of("Keep", "Last"));
    run(pipeline("Last", VarIntCoder.of()));
    // The mapping is still on the command line.
    run(pipeline("Last", VarIntCoder.of()));
    options.setTransformNameMapping(null);
    options.setAllowDroppedState(true);
    run(pipeline("Keep", VarIntCoder.of()));
  }

  @Test
  void aRunLetsGoOfItWhenItHasEnded() {
    TidemarkOptions given =
        PipelineOptionsFactory.fromArgs(
                "--stateDir=" + folder,
                "--streaming",
                "--lanes=2",
                "--transformNameMapping={\"Kept\": \"Keep\"}")
            .as(TidemarkOptions.class);
    Pipeline pipeline = Pipeline.create(given);
    keep(pipeline, "Keep", VarIntCoder.of());
    TidemarkRunner.fromOptions(given).run(pipeline).waitUntilFinish();
    try (StateDirectory directory = StateDirectory.open(folder)) {
      assertThat(directory.hasStore()).isTrue();
    }
    try (JobStore store = open(pipeline("Keep", VarIntCoder.of()))) {
      assertThat(store.store().manifest().epoch()).isPositive();
    }
  }

  @Test
  void aNewJobBeginsWithASnapshot() {
    Path snapshot;
    try (JobStore store = open(pipeline("Keep", VarIntCoder.of()))) {
      commit(store);
      snapshot = store.snapshot("monday");
    }
    options.setFromSnapshot(snapshot.toString());
    Path other = folder.resolveSibling("other");
    assertThatThrownBy(() -> JobStore.open(other, pipeline("Keep", StringUtf8Coder.of()), options))
        .hasMessageContaining("Keep/ParMultiDo(KeepLast) cannot read its state");
    JobStore.open(other, pipeline("Keep", VarIntCoder.of()), options).close();
    // Started again, it goes on from its own state.
    JobStore.open(other, pipeline("Keep", VarIntCoder.of()), options).close();
  }

  @Test
  void aJobThatHasCommittedNothingLeavesNothing() {
    open(pipeline("Keep", VarIntCoder.of())).close();
    run(pipeline("Last", StringUtf8Coder.of()));
    assertThatThrownBy(() -> open(pipeline("Keep", VarIntCoder.of())))
        .hasMessageContaining("Last/ParMultiDo(KeepLast) is not in the pipeline any more");
  }

  private void run(StageGraph graph) {
    try (JobStore store = open(graph)) {
      commit(store);
    }
  }

  private static void commit(JobStore store) {
    long epoch = store.store().manifest().epoch() + 1;
    store.store().commit(new EpochCommit(new Manifest(epoch, Map.of()), List.of()));
  }

  private JobStore open(StageGraph graph) {
    return JobStore.open(folder, graph, options);
  }

  private static <T> StageGraph pipeline(String name, Coder<T> coder) {
    Pipeline pipeline = Pipeline.create();
    keep(pipeline, name, coder);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    return PipelineTranslator.translate(
        PipelineTranslation.toProto(pipeline, SdkComponents.create(pipeline.getOptions()), false));
  }

  private static <T> void keep(Pipeline pipeline, String name, Coder<T> coder) {
    pipeline
        .apply(Create.of(KV.of("a", 1), KV.of("b", 2)))
        .apply(name, ParDo.of(new KeepLast<>(coder)));
  }
}
