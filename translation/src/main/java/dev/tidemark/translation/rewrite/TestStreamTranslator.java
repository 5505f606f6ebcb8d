package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.wire.WireCoders;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload.Event.AddElements;
import org.jspecify.annotations.Nullable;

/**
 * Makes the nodes of TestStreams: one for each output, since each has elements and a watermark of
 * its own. All have the same number of events, so that they keep step.
 *
 * <p>Owned by the translation.
 */
final class TestStreamTranslator {
  /** What an output does while it is the turn of another. */
  private static final TestStreamPayload.Event NOTHING =
      TestStreamPayload.Event.newBuilder()
          .setElementEvent(AddElements.getDefaultInstance())
          .build();

  private final GraphDraft draft;

  TestStreamTranslator(GraphDraft draft) {
    this.draft = draft;
  }

  void translate(RunnerApi.PTransform transform) {
    TestStreamPayload payload = Payloads.testStream(transform);
    if (payload == null || !draft.components().containsCoders(payload.getCoderId())) {
      draft.problems().report(transform, "its payload cannot be read");
      return;
    }
    String problem = problem(transform, payload);
    if (problem != null) {
      draft.problems().report(transform, problem);
      return;
    }
    Map<String, CollectionId> outputs = GraphDraft.outputs(transform);
    if (draft.foreign()) {
      payload = oneByOne(payload).toBuilder().setCoderId(coderUsed(payload, outputs)).build();
      draft.setCoders(transform, elementCoder(transform, payload.getCoderId()));
    }
    if (outputs.size() == 1) {
      draft.add(new Operation.TestStream(payload), List.of(), List.of(), transform, null);
      return;
    }
    // Processing time is that of all outputs, so one of them moves it.
    boolean movesTime = true;
    for (Map.Entry<String, CollectionId> output : outputs.entrySet()) {
      add(transform, payload, output.getKey(), output.getValue(), movesTime);
      movesTime = false;
    }
  }

  private static @Nullable String problem(
      RunnerApi.PTransform transform, TestStreamPayload payload) {
    if (transform.getInputsCount() > 0) {
      return "it is a source and yet has an input";
    }
    if (!payload.getEndpoint().getUrl().isEmpty()) {
      return "it replays events of a service, which this runner cannot do;"
          + " use a TestStream with all its events";
    }
    for (TestStreamPayload.Event event : payload.getEventsList()) {
      String tag = tag(event);
      if (transform.getOutputsCount() != 1 && tag != null && !transform.containsOutputs(tag)) {
        return "it has an event for \"" + tag + "\", which is none of its outputs";
      }
    }
    return null;
  }

  private void add(
      RunnerApi.PTransform transform,
      TestStreamPayload payload,
      String tag,
      CollectionId output,
      boolean movesTime) {
    TestStreamPayload.Builder own = payload.toBuilder().clearEvents();
    for (TestStreamPayload.Event event : payload.getEventsList()) {
      String of = tag(event);
      own.addEvents((of == null ? movesTime : of.equals(tag)) ? event : NOTHING);
    }
    draft.add(
        new Node(
            new NodeId(transform.getUniqueName() + "/" + tag),
            new Operation.TestStream(own.build()),
            List.of(),
            Map.of(tag, output),
            List.of(),
            transform,
            null));
  }

  /** With an event for each element: SDKs other than Java's expect triggers to see each of them. */
  private static TestStreamPayload oneByOne(TestStreamPayload payload) {
    TestStreamPayload.Builder result = payload.toBuilder().clearEvents();
    for (TestStreamPayload.Event event : payload.getEventsList()) {
      AddElements elements = event.getElementEvent();
      if (elements.getElementsCount() < 2) {
        result.addEvents(event);
        continue;
      }
      for (TestStreamPayload.TimestampedElement element : elements.getElementsList()) {
        AddElements one =
            AddElements.newBuilder().setTag(elements.getTag()).addElements(element).build();
        result.addEvents(TestStreamPayload.Event.newBuilder().setElementEvent(one));
      }
    }
    return result.build();
  }

  /** The output that an event is for; null if for none, as it is about processing time. */
  private static @Nullable String tag(TestStreamPayload.Event event) {
    return switch (event.getEventCase()) {
      case ELEMENT_EVENT -> event.getElementEvent().getTag();
      case WATERMARK_EVENT -> event.getWatermarkEvent().getTag();
      default -> null;
    };
  }

  /** What the events are encoded by: Go encodes by the output's coder, and names what is in it. */
  private String coderUsed(TestStreamPayload payload, Map<String, CollectionId> outputs) {
    for (CollectionId output : outputs.values()) {
      String own = draft.collection(output).coderId();
      if (Coders.isLengthPrefixed(draft.components(), own, payload.getCoderId())) {
        return own;
      }
    }
    return payload.getCoderId();
  }

  /**
   * The coder of the outputs. What the runner cannot take apart is one blob, with a length that the
   * runner puts in front.
   */
  private String elementCoder(RunnerApi.PTransform transform, String coderId) {
    return WireCoders.isReadable(draft.components(), coderId)
        ? coderId
        : draft.addCoder(transform.getUniqueName() + ".coder", Coders.lengthPrefixed(coderId));
  }
}
