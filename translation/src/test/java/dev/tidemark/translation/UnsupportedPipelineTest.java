package dev.tidemark.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.translation.rewrite.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** What cannot be run is rejected in one error that names everything. */
class UnsupportedPipelineTest {
  private static final String DEDUPE = "Dedupe/ParMultiDo(Dedupe)";
  private static final WindowFn<Object, ?> SIDE = FixedWindows.of(Duration.standardMinutes(1));

  @Test
  void listsEveryUnknownTransformAndRequirement() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    pipeline.addRequirements("beam:requirement:pardo:moonlight:v1");
    edit(pipeline, "Lines/Read(CreateSource)", t -> t.setSpec(urn("beam:transform:warp:v1")));
    edit(pipeline, "Effects/ParMultiDo(Same)", t -> t.setSpec(urn("beam:transform:fold:v9")));
    UnsupportedPipelineException e = rejection(pipeline);
    assertThat(e.problems())
        .extracting(Problem::transform, Problem::urn)
        .containsExactly(
            tuple(null, "beam:requirement:pardo:moonlight:v1"),
            tuple("Lines/Read(CreateSource)", "beam:transform:warp:v1"),
            tuple("Effects/ParMultiDo(Same)", "beam:transform:fold:v9"));
    assertThat(e)
        .hasMessageContaining("requirement:pardo:moonlight:v1")
        .hasMessageContaining("\"Lines/Read(CreateSource)\" (beam:transform:warp:v1)")
        .hasMessageContaining("\"Effects/ParMultiDo(Same)\" (beam:transform:fold:v9)");
  }

  @Test
  void acceptsTheRequirementsOfAllItSupports() {
    for (Pipeline pipeline :
        new Pipeline[] {
          Pipelines.timerFamilies(),
          Pipelines.timeSortedInput(),
          Pipelines.reshuffles(),
          Pipelines.splittableRead(),
          Pipelines.groupIntoBatches()
        }) {
      RunnerApi.Pipeline proto = Protos.of(pipeline);
      assertThat(proto.getRequirementsList()).isNotEmpty();
      assertThat(PipelineTranslator.translate(proto).stages()).isNotEmpty();
    }
  }

  @Test
  void rejectsAnUnknownKindOfState() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.statefulDedupe()).toBuilder();
    editParDo(
        pipeline,
        DEDUPE,
        payload -> payload.putStateSpecs("odd", RunnerApi.StateSpec.getDefaultInstance()));
    assertOnly(rejection(pipeline), DEDUPE, "its state \"odd\" is of an unknown kind");
  }

  @Test
  void rejectsAnUnknownTimeDomain() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.statefulDedupe()).toBuilder();
    editParDo(
        pipeline,
        DEDUPE,
        payload ->
            payload.putTimerFamilySpecs("odd", RunnerApi.TimerFamilySpec.getDefaultInstance()));
    assertOnly(rejection(pipeline), DEDUPE, "its timer \"odd\" has an unknown time domain");
  }

  @Test
  void rejectsAnUnknownSideInputAccess() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.sideInputJoin()).toBuilder();
    editParDo(
        pipeline,
        "Join/ParMultiDo(Reading)",
        payload ->
            payload
                .getSideInputsMap()
                .forEach(
                    (tag, spec) ->
                        payload.putSideInputs(
                            tag,
                            spec.toBuilder()
                                .setAccessPattern(urn("beam:side_input:x:v1"))
                                .build())));
    assertOnly(
        rejection(pipeline),
        "Join/ParMultiDo(Reading)",
        "unknown access pattern: beam:side_input:x:v1");
  }

  @Test
  void rejectsStateOverWindowsThatStillMerge() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Pairs", Create.of(KV.of("a", 1L)))
        .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.standardMinutes(1))))
        .apply("Dedupe", ParDo.of(new Functions.Dedupe<>()));
    assertOnly(
        rejection(Protos.of(pipeline).toBuilder()),
        DEDUPE,
        "the windows of its input \"Sessions/Window.Assign.out\"",
        "beam:window_fn:session_windows:v1",
        "still merge");
  }

  @Test
  void rejectsTimersAndSortedInputOverWindowsThatStillMerge() {
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<String, Long>> sessions =
        pipeline
            .apply("Pairs", Create.of(KV.of("a", 1L)))
            .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.standardMinutes(1))));
    sessions.apply("Timed", ParDo.of(new Functions.Reminders()));
    sessions.apply("Sorted", ParDo.of(new Functions.Sorted()));
    assertThat(rejection(Protos.of(pipeline).toBuilder()).problems())
        .hasSize(2)
        .allMatch(
            problem -> problem.toString().contains("still merge; group the elements by key first"));
  }

  @Test
  void acceptsStateOverWindowsThatAGroupHasMerged() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Pairs", Create.of(KV.of("a", 1L)))
        .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.standardMinutes(1))))
        .apply("Group", GroupByKey.create())
        .apply("Dedupe", ParDo.of(new Functions.Dedupe<>()));
    assertThat(PipelineTranslator.translate(Protos.of(pipeline)).stages())
        .anyMatch(stage -> stage.facts().stateful());
  }

  @Test
  void rejectsAKeylessInputWhereKeysAreNeeded() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.statefulDedupe()).toBuilder();
    RunnerApi.PTransform dedupe = transform(pipeline, DEDUPE).getValue();
    String input = dedupe.getInputsMap().values().iterator().next();
    RunnerApi.PCollection collection = pipeline.getComponents().getPcollectionsOrThrow(input);
    String keyCoder =
        pipeline.getComponents().getCodersOrThrow(collection.getCoderId()).getComponentCoderIds(0);
    pipeline
        .getComponentsBuilder()
        .putPcollections(input, collection.toBuilder().setCoderId(keyCoder).build());
    assertOnly(
        rejection(pipeline),
        DEDUPE,
        "works by key",
        "no KV coder (it is beam:coder:string_utf8:v1)");
  }

  @Test
  void rejectsCycles() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.flattenOfTheSameTwice()).toBuilder();
    String fedBack =
        transform(pipeline, "End/ParMultiDo(Same)")
            .getValue()
            .getOutputsMap()
            .values()
            .iterator()
            .next();
    edit(pipeline, "Twice", t -> t.putInputs("back", fedBack));
    assertThat(rejection(pipeline).problems())
        .extracting(Problem::transform)
        .containsExactly("Twice", "End/ParMultiDo(Same)");
    assertThat(rejection(pipeline)).hasMessageContaining("it feeds itself");
  }

  @Test
  void rejectsWhatNobodyMakes() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    edit(pipeline, "LinesToWords/FlatMap", RunnerApi.PTransform.Builder::clearSubtransforms);
    edit(pipeline, "LinesToWords/FlatMap", t -> t.clearOutputs().clearSpec());
    assertOnly(
        rejection(pipeline),
        "Effects/ParMultiDo(Same)",
        "no transform makes its input \"LinesToWords/FlatMap/ParMultiDo(Anonymous).output\"");
  }

  @Test
  void rejectsTwoMakersOfOneCollection() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    String words =
        transform(pipeline, "LinesToWords/FlatMap/ParMultiDo(Anonymous)")
            .getValue()
            .getOutputsMap()
            .values()
            .iterator()
            .next();
    edit(pipeline, "Effects/ParMultiDo(Same)", t -> t.putOutputs("more", words));
    assertThat(rejection(pipeline)).hasMessageContaining("is made by \"LinesToWords");
  }

  @Test
  void rejectsDanglingReferencesAllAtOnce() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    pipeline.addRootTransformIds("lostRoot");
    edit(pipeline, "Effects", t -> t.addSubtransforms("lostPart"));
    edit(pipeline, "Effects/ParMultiDo(Same)", t -> t.putInputs("more", "lostCollection"));
    edit(pipeline, "Effects/ParMultiDo(Same)", t -> t.setEnvironmentId("lostEnvironment"));
    assertThat(rejection(pipeline))
        .hasMessageContaining("lostRoot")
        .hasMessageContaining("lostPart")
        .hasMessageContaining("lostCollection")
        .hasMessageContaining("lostEnvironment");
  }

  @Test
  void rejectsATransformInsideOfItself() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    String effects = transform(pipeline, "Effects").getKey();
    edit(pipeline, "Effects", t -> t.addSubtransforms(effects));
    assertOnly(rejection(pipeline), "Effects", "it is a part of itself");
  }

  @Test
  void rejectsLongCyclesAndDeepNests() {
    RunnerApi.Pipeline.Builder cycle = Protos.of(Pipelines.unreadOutput()).toBuilder();
    chain(cycle, 50, "c0");
    assertThat(rejection(cycle)).hasMessageContaining("is a part of itself");
    RunnerApi.Pipeline.Builder deep = Protos.of(Pipelines.unreadOutput()).toBuilder();
    chain(deep, 50_000, "c50000");
    deep.getComponentsBuilder().putCoders("c50000", RunnerApi.Coder.getDefaultInstance());
    assertThat(rejection(deep)).hasMessageContaining("levels");
    RunnerApi.Pipeline.Builder endless = Protos.of(Pipelines.unreadOutput()).toBuilder();
    chain(endless, 50_000, "c0");
    assertThat(rejection(endless)).hasMessageContaining("levels");
  }

  @Test
  void acceptsNestsOfASaneDepth() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    chain(pipeline, 90, "c90");
    pipeline.getComponentsBuilder().putCoders("c90", RunnerApi.Coder.getDefaultInstance());
    assertThat(PipelineTranslator.translate(pipeline.build()).stages()).isNotEmpty();
  }

  /** Adds coders that are parts of one another. */
  private static void chain(RunnerApi.Pipeline.Builder pipeline, int length, String end) {
    for (int i = 0; i < length; i++) {
      String part = i == length - 1 ? end : "c" + (i + 1);
      pipeline
          .getComponentsBuilder()
          .putCoders("c" + i, RunnerApi.Coder.newBuilder().addComponentCoderIds(part).build());
    }
  }

  @Test
  void rejectsCodersThatDoubleAtEachLevel() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    pipeline.getComponentsBuilder().putCoders("d60", RunnerApi.Coder.getDefaultInstance());
    for (int i = 0; i < 60; i++) {
      pipeline
          .getComponentsBuilder()
          .putCoders(
              "d" + i,
              RunnerApi.Coder.newBuilder()
                  .addComponentCoderIds("d" + (i + 1))
                  .addComponentCoderIds("d" + (i + 1))
                  .build());
    }
    assertThat(rejection(pipeline)).hasMessageContaining("parts, on all levels");
  }

  @Test
  void rejectsMoreTransformsThanAnyoneWrites() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    for (int i = 0; i < 100_000; i++) {
      pipeline
          .getComponentsBuilder()
          .putTransforms("t" + i, RunnerApi.PTransform.getDefaultInstance());
    }
    assertThat(rejection(pipeline)).hasMessageContaining("takes up to 100000");
  }

  @Test
  void windowsThatASdkMergesNeedItsHarness() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.combineInSessions()).toBuilder();
    mergedByASdk(pipeline, "beam:window_fn:session_windows:v1");
    assertThat(rejection(pipeline))
        .hasMessageContaining("\"Sessions/Window.Assign\"")
        .hasMessageContaining("its windows are merged by a function of an SDK");
    assertThat(
            PipelineTranslator.translate(pipeline.build(), TranslationOptions.harness()).stages())
        .isNotEmpty();
  }

  @Test
  void rejectsSideInputsInWindowsThatASdkMerges() {
    RunnerApi.Pipeline.Builder pipeline = withSideInput(new GlobalWindows());
    mergedByASdk(pipeline, "beam:window_fn:fixed_windows:v1");
    assertThat(harnessRejection(pipeline))
        .hasMessageContaining("\"Read/ParMultiDo(Same)\"")
        .hasMessageContaining("give the side input windows that do not");
  }

  @Test
  void rejectsSideInputsInOtherWindowsOfASdkThanTheMainInputs() {
    RunnerApi.Pipeline.Builder other = withSideInput(new GlobalWindows());
    madeByASdk(other, "beam:window_fn:fixed_windows:v1", RunnerApi.MergeStatus.Enum.NON_MERGING);
    assertThat(harnessRejection(other))
        .hasMessageContaining("\"Read/ParMultiDo(Same)\"")
        .hasMessageContaining("give its main input the same windows");
    RunnerApi.Pipeline.Builder same = withSideInput(SIDE);
    madeByASdk(same, "beam:window_fn:fixed_windows:v1", RunnerApi.MergeStatus.Enum.NON_MERGING);
    assertThat(PipelineTranslator.translate(same.build(), TranslationOptions.harness()).stages())
        .isNotEmpty();
  }

  private static RunnerApi.Pipeline.Builder withSideInput(WindowFn<Object, ?> mainWindows) {
    Pipeline pipeline = Pipeline.create();
    PCollectionView<Iterable<Long>> side =
        pipeline
            .apply("Side", Create.of(1L))
            .apply("Windows", Window.into(SIDE))
            .apply(View.asIterable());
    pipeline
        .apply("Main", Create.of(2L))
        .apply("Main windows", Window.into(mainWindows))
        .apply("Read", ParDo.of(new Functions.Same<Long>()).withSideInputs(side));
    return Protos.withSplittableReads(pipeline).toBuilder();
  }

  private static Throwable harnessRejection(RunnerApi.Pipeline.Builder pipeline) {
    return catchThrowableOfType(
        UnsupportedPipelineException.class,
        () -> PipelineTranslator.translate(pipeline.build(), TranslationOptions.harness()));
  }

  /** Puts a function of an SDK, whose windows merge, in the place of another. */
  private static void mergedByASdk(RunnerApi.Pipeline.Builder pipeline, String windowFn) {
    madeByASdk(pipeline, windowFn, RunnerApi.MergeStatus.Enum.NEEDS_MERGE);
  }

  private static void madeByASdk(
      RunnerApi.Pipeline.Builder pipeline, String windowFn, RunnerApi.MergeStatus.Enum merging) {
    pipeline
        .getComponents()
        .getWindowingStrategiesMap()
        .forEach(
            (id, windowing) -> {
              if (windowing.getWindowFn().getUrn().equals(windowFn)
                  && windowing.getMergeStatus() != RunnerApi.MergeStatus.Enum.ALREADY_MERGED) {
                pipeline
                    .getComponentsBuilder()
                    .putWindowingStrategies(
                        id,
                        windowing.toBuilder()
                            .setWindowFn(urn("beam:window_fn:of_some_sdk:v1"))
                            .setMergeStatus(merging)
                            .build());
              }
            });
  }

  @Test
  void rejectsFunctionsOfForeignPipelinesWithoutAnEnvironment() {
    RunnerApi.Pipeline.Builder pipeline =
        Protos.withSplittableReads(Pipelines.unreadOutput()).toBuilder();
    edit(pipeline, "Effects/ParMultiDo(Same)", RunnerApi.PTransform.Builder::clearEnvironmentId);
    assertThat(PipelineTranslator.translate(pipeline.build()).stages()).isNotEmpty();
    assertThatThrownBy(
            () -> PipelineTranslator.translate(pipeline.build(), TranslationOptions.harness()))
        .isInstanceOf(UnsupportedPipelineException.class)
        .hasMessageContaining("Effects/ParMultiDo(Same)")
        .hasMessageContaining("names no environment");
  }

  @Test
  void rejectsAPayloadThatIsNone() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    edit(
        pipeline,
        "Effects/ParMultiDo(Same)",
        t -> t.getSpecBuilder().setPayload(urn("not a ParDo").toByteString()));
    assertThatThrownBy(() -> PipelineTranslator.translate(pipeline.build()))
        .isInstanceOf(UnsupportedPipelineException.class)
        .hasMessageContaining("Effects/ParMultiDo(Same)");
  }

  @Test
  void rejectsNativeReadsOfAHarness() {
    RunnerApi.Pipeline.Builder pipeline = Protos.of(Pipelines.unreadOutput()).toBuilder();
    String environment = pipeline.getComponents().getEnvironmentsMap().keySet().iterator().next();
    edit(pipeline, "Lines/Read(CreateSource)", t -> t.setEnvironmentId(environment));
    assertThatThrownBy(
            () -> PipelineTranslator.translate(pipeline.build(), TranslationOptions.harness()))
        .isInstanceOf(UnsupportedPipelineException.class)
        .hasMessageContaining("Lines/Read(CreateSource)")
        .hasMessageContaining("use_sdf_read");
  }

  private static UnsupportedPipelineException rejection(RunnerApi.Pipeline.Builder pipeline) {
    UnsupportedPipelineException thrown =
        catchThrowableOfType(
            UnsupportedPipelineException.class,
            () -> PipelineTranslator.translate(pipeline.build()));
    assertThat(thrown).isNotNull();
    return thrown;
  }

  private static void assertOnly(
      UnsupportedPipelineException thrown, String transform, String... reasons) {
    assertThat(thrown.problems()).hasSize(1);
    assertThat(thrown.problems().get(0).transform()).isEqualTo(transform);
    assertThat(thrown.problems().get(0).reason()).contains(reasons);
  }

  private static Map.Entry<String, RunnerApi.PTransform> transform(
      RunnerApi.Pipeline.Builder pipeline, String name) {
    return pipeline.getComponents().getTransformsMap().entrySet().stream()
        .filter(entry -> entry.getValue().getUniqueName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void edit(
      RunnerApi.Pipeline.Builder pipeline,
      String name,
      Consumer<RunnerApi.PTransform.Builder> change) {
    Map.Entry<String, RunnerApi.PTransform> entry = transform(pipeline, name);
    RunnerApi.PTransform.Builder transform = entry.getValue().toBuilder();
    change.accept(transform);
    pipeline.getComponentsBuilder().putTransforms(entry.getKey(), transform.build());
  }

  private static void editParDo(
      RunnerApi.Pipeline.Builder pipeline,
      String name,
      Consumer<RunnerApi.ParDoPayload.Builder> change) {
    edit(
        pipeline,
        name,
        transform -> {
          try {
            RunnerApi.ParDoPayload.Builder payload =
                RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload()).toBuilder();
            change.accept(payload);
            transform.getSpecBuilder().setPayload(payload.build().toByteString());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static RunnerApi.FunctionSpec urn(String urn) {
    return RunnerApi.FunctionSpec.newBuilder().setUrn(urn).build();
  }
}
