package dev.tidemark.translation.wire;

import static dev.tidemark.translation.wire.CoderForms.is;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.OpaqueWindows;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;

/**
 * The coders that an SDK harness must use so that it and the runner agree on bytes: the pipeline's
 * own, with each that the runner does not know in a length prefix. The runner's side of them is
 * {@link dev.tidemark.translation.graph.CollectionSpec#coderId}.
 *
 * <p>What is asked for is added, with all its parts, to the components of a process bundle
 * descriptor. Immutable.
 */
public final class WireCoders {
  private final RunnerApi.Components components;

  /** Coders for the harnesses of {@code graph}. */
  public WireCoders(StageGraph graph) {
    this(graph.components());
  }

  WireCoders(RunnerApi.Components components) {
    this.components = components;
  }

  /**
   * Adds the coder of a collection's elements as they are sent.
   *
   * @return its id in {@code into}
   */
  public String element(CollectionId collection, RunnerApi.Components.Builder into) {
    return element(components.getPcollectionsOrThrow(collection.value()).getCoderId(), into);
  }

  /**
   * Adds a coder with length prefixes.
   *
   * @param coderId in the pipeline's components
   * @return its id in {@code into}
   */
  public String element(String coderId, RunnerApi.Components.Builder into) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    if (!CoderForms.isKnown(coder)) {
      return put(
          coderId + "/length_prefixed",
          CoderForms.of(ModelCoders.LENGTH_PREFIX_CODER_URN, verbatim(coderId, into)),
          into);
    }
    if (is(coder, ModelCoders.LENGTH_PREFIX_CODER_URN)) {
      return verbatim(coderId, into);
    }
    List<String> parts = new ArrayList<>();
    coder.getComponentCoderIdsList().forEach(part -> parts.add(element(part, into)));
    return withParts(coderId, coder, parts, into);
  }

  /** Whether a coder is one of groups: of pairs of a key and an iterable. */
  public static boolean isGroup(RunnerApi.ComponentsOrBuilder components, String coderId) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    return is(coder, ModelCoders.KV_CODER_URN)
        && CoderForms.isKnown(coder)
        && isIterable(components.getCodersOrThrow(coder.getComponentCoderIds(1)));
  }

  private static boolean isIterable(RunnerApi.Coder coder) {
    return is(coder, ModelCoders.ITERABLE_CODER_URN) && CoderForms.isKnown(coder);
  }

  /**
   * Adds the coder of a collection of groups as they are sent, if the SDK may ask for the values of
   * a group instead of getting them all.
   *
   * @param collection with a coder of groups
   * @return its id in {@code into}
   */
  public String group(CollectionId collection, RunnerApi.Components.Builder into) {
    String coderId = components.getPcollectionsOrThrow(collection.value()).getCoderId();
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    String iterable = coder.getComponentCoderIds(1);
    String value = components.getCodersOrThrow(iterable).getComponentCoderIds(0);
    String values =
        put(
            iterable + "/state_backed",
            CoderForms.of(ModelCoders.STATE_BACKED_ITERABLE_CODER_URN, element(value, into)),
            into);
    return put(
        coderId + "/state_backed",
        CoderForms.of(
            ModelCoders.KV_CODER_URN, element(coder.getComponentCoderIds(0), into), values),
        into);
  }

  /**
   * Adds the coder of windowed elements of a collection, for a {@code beam:runner:source:v1} or
   * {@code beam:runner:sink:v1}.
   *
   * @param element the id in {@code into} of the coder of its elements
   * @return its id in {@code into}
   */
  public String windowed(
      String element, CollectionId collection, RunnerApi.Components.Builder into) {
    String windowing =
        components.getPcollectionsOrThrow(collection.value()).getWindowingStrategyId();
    String window =
        window(components.getWindowingStrategiesOrThrow(windowing).getWindowCoderId(), into);
    return put(
        element + "/in/" + window,
        CoderForms.of(ModelCoders.WINDOWED_VALUE_CODER_URN, element, window),
        into);
  }

  /**
   * Adds a coder of windows. One that the runner does not know comes behind the window's maximum
   * timestamp and in a length prefix.
   *
   * @param coderId in the pipeline's components
   * @return its id in {@code into}
   */
  public String window(String coderId, RunnerApi.Components.Builder into) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    if (OpaqueWindows.isStandardCoder(coder)) {
      return verbatim(coderId, into);
    }
    String content =
        is(coder, ModelCoders.CUSTOM_WINDOW_CODER_URN) && coder.getComponentCoderIdsCount() == 1
            ? coder.getComponentCoderIds(0)
            : coderId;
    return put(
        coderId + "/window",
        CoderForms.of(ModelCoders.CUSTOM_WINDOW_CODER_URN, prefixed(content, into)),
        into);
  }

  private String prefixed(String coderId, RunnerApi.Components.Builder into) {
    return is(components.getCodersOrThrow(coderId), ModelCoders.LENGTH_PREFIX_CODER_URN)
        ? verbatim(coderId, into)
        : put(
            coderId + "/length_prefixed",
            CoderForms.of(ModelCoders.LENGTH_PREFIX_CODER_URN, verbatim(coderId, into)),
            into);
  }

  /**
   * Adds a coder of timers, of the key as it is sent and of windows.
   *
   * @param coderId in the pipeline's components
   * @return its id in {@code into}
   */
  public String timer(String coderId, RunnerApi.Components.Builder into) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    if (!is(coder, ModelCoders.TIMER_CODER_URN) || coder.getComponentCoderIdsCount() != 2) {
      throw new IllegalArgumentException("coder " + coderId + " is no coder of timers");
    }
    return withParts(
        coderId,
        coder,
        List.of(
            element(coder.getComponentCoderIds(0), into),
            window(coder.getComponentCoderIds(1), into)),
        into);
  }

  /**
   * Whether the runner can take apart what an SDK has encoded by a coder as a whole, as the
   * elements of a TestStream: what it does not know comes last, and all SDKs write it alike.
   * Strings and byte arrays that stand alone have a length in front from Go, and from others none.
   */
  public static boolean isReadable(RunnerApi.ComponentsOrBuilder components, String coderId) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    return !is(coder, ModelCoders.STRING_UTF8_CODER_URN)
        && !is(coder, ModelCoders.BYTES_CODER_URN)
        && endsReadably(components, coderId);
  }

  private static boolean endsReadably(RunnerApi.ComponentsOrBuilder components, String coderId) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    if (!CoderForms.isKnown(coder)) {
      return true;
    }
    return is(coder, ModelCoders.KV_CODER_URN)
        ? isKnown(components, coder.getComponentCoderIds(0))
            && endsReadably(components, coder.getComponentCoderIds(1))
        : isKnown(components, coderId);
  }

  /** Whether the runner knows a coder and all its parts, or what it does not know has a length. */
  public static boolean isKnown(RunnerApi.ComponentsOrBuilder components, String coderId) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    return CoderForms.isKnown(coder)
        && (is(coder, ModelCoders.LENGTH_PREFIX_CODER_URN)
            || coder.getComponentCoderIdsList().stream()
                .allMatch(part -> isKnown(components, part)));
  }

  /** Adds a coder as it is, with all its parts; returns its id. */
  public String verbatim(String coderId, RunnerApi.Components.Builder into) {
    if (!into.containsCoders(coderId)) {
      RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
      into.putCoders(coderId, coder);
      coder.getComponentCoderIdsList().forEach(part -> verbatim(part, into));
    }
    return coderId;
  }

  private String withParts(
      String coderId,
      RunnerApi.Coder coder,
      List<String> parts,
      RunnerApi.Components.Builder into) {
    return parts.equals(coder.getComponentCoderIdsList())
        ? put(coderId, coder, into)
        : put(
            coderId + "/wire",
            coder.toBuilder().clearComponentCoderIds().addAllComponentCoderIds(parts).build(),
            into);
  }

  /** Puts a coder under an id that none of the pipeline's has, unless it is that one. */
  private String put(String name, RunnerApi.Coder coder, RunnerApi.Components.Builder into) {
    String id = name;
    while (!coder.equals(components.getCodersOrDefault(id, coder))) {
      id += "+";
    }
    into.putCoders(id, coder);
    return id;
  }
}
