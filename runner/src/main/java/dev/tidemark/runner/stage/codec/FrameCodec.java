package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues.SingleWindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Encodes windows, pane and metadata of elements: the number of windows, each window, the pane
 * info, and only if the element carries any the metadata. Keeps the latest ones, as neighbouring
 * elements mostly share theirs.
 *
 * <p>Owned by the lane.
 */
public final class FrameCodec {
  private static final int CACHED = 64;
  private static final NullableCoder<String> RECORD_ID = NullableCoder.of(StringUtf8Coder.of());
  private static final NullableCoder<Long> RECORD_OFFSET = NullableCoder.of(VarLongCoder.of());

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Encoded(Frame frame, byte[] bytes) {}

  private final EdgeCoders edge;
  private final Coder<BoundedWindow> windowCoder;
  private final @Nullable Encoded[] encoded = new @Nullable Encoded[CACHED];
  private final @Nullable Encoded[] decoded = new @Nullable Encoded[CACHED];
  private final ByteOutput output = new ByteOutput();
  private final ByteInput input = new ByteInput();
  private @Nullable Encoded lastSingle;

  /** Makes one for the windows of {@code edge}. */
  @SuppressWarnings("unchecked") // the windowing strategy says that the windows are of this type
  public FrameCodec(EdgeCoders edge) {
    this.edge = edge;
    this.windowCoder = (Coder<BoundedWindow>) edge.windowCoder();
  }

  /**
   * The encoding of the windows, the pane and the metadata of {@code element}; not to be changed.
   *
   * @throws CodingException if the window coder fails
   */
  public byte[] encode(WindowedValue<?> element) {
    if (!(element instanceof SingleWindowedValue single)) {
      return encode(frame(List.copyOf(element.getWindows()), element)).bytes();
    }
    BoundedWindow window = single.getWindow();
    Encoded last = lastSingle;
    if (last != null
        && last.frame().pane().equals(element.getPaneInfo())
        && last.frame().windows().get(0).equals(window)
        && last.frame().metadata().isOf(element)) {
      return last.bytes();
    }
    last = encode(frame(List.of(window), element));
    lastSingle = last;
    return last.bytes();
  }

  private static Frame frame(List<BoundedWindow> windows, WindowedValue<?> element) {
    return new Frame(windows, element.getPaneInfo(), ElementMetadata.of(element));
  }

  /**
   * The frame that has this encoding.
   *
   * @throws CodingException if the window coder fails
   */
  public Frame decode(byte[] bytes) {
    int slot = slot(Arrays.hashCode(bytes));
    Encoded known = decoded[slot];
    if (known != null && Arrays.equals(known.bytes(), bytes)) {
      return known.frame();
    }
    try {
      input.reset(bytes, 0, bytes.length);
      int count = VarInt.decodeInt(input);
      List<BoundedWindow> windows = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        windows.add(windowCoder.decode(input));
      }
      PaneInfo pane = PaneInfo.PaneInfoCoder.INSTANCE.decode(input);
      Frame frame = new Frame(windows, pane, decodeMetadata());
      decoded[slot] = new Encoded(frame, bytes);
      return frame;
    } catch (IOException | RuntimeException e) {
      throw CodingException.decoding(edge, "window", windowCoder, e);
    }
  }

  private Encoded encode(Frame frame) {
    int slot = slot(frame.hashCode());
    Encoded known = encoded[slot];
    if (known != null && known.frame().equals(frame)) {
      return known;
    }
    output.truncate(0);
    BoundedWindow current = null;
    try {
      VarInt.encode(frame.windows().size(), output);
      for (BoundedWindow window : frame.windows()) {
        current = window;
        windowCoder.encode(window, output);
      }
      PaneInfo.PaneInfoCoder.INSTANCE.encode(frame.pane(), output);
      encodeMetadata(frame.metadata());
    } catch (IOException | RuntimeException e) {
      throw CodingException.encoding(edge, "window", windowCoder, current, e);
    }
    Encoded fresh = new Encoded(frame, output.toByteArray());
    encoded[slot] = fresh;
    return fresh;
  }

  private void encodeMetadata(ElementMetadata metadata) throws IOException {
    if (!metadata.equals(ElementMetadata.NONE)) {
      BooleanCoder.of().encode(metadata.causedByDrain(), output);
      RECORD_ID.encode(metadata.recordId(), output);
      RECORD_OFFSET.encode(metadata.recordOffset(), output);
    }
  }

  private ElementMetadata decodeMetadata() throws IOException {
    if (input.available() == 0) {
      return ElementMetadata.NONE;
    }
    boolean causedByDrain = BooleanCoder.of().decode(input);
    return new ElementMetadata(causedByDrain, RECORD_ID.decode(input), RECORD_OFFSET.decode(input));
  }

  private static int slot(int hash) {
    int h = hash * 0x9E3779B9;
    return h >>> 26;
  }
}
