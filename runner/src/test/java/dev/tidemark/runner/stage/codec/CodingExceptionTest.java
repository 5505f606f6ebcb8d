package dev.tidemark.runner.stage.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValues;
import org.junit.jupiter.api.Test;

class CodingExceptionTest {
  private final List<RecordBatch> pages = new ArrayList<>();

  /** Fails on odd numbers, and when it reads what it wrote for 4. */
  private static final class Picky extends CustomCoder<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Integer value, OutputStream out) throws IOException {
      out.write(1);
      if (value % 2 == 1) {
        throw new IOException("odd");
      }
      out.write(value);
    }

    @Override
    public Integer decode(InputStream in) throws IOException {
      in.read();
      int value = in.read();
      if (value == 4) {
        throw new IllegalStateException();
      }
      return value;
    }

    @Override
    public String toString() {
      return "Picky";
    }
  }

  @Test
  void namesTheTransformOfANullKey() {
    ElementEncoder encoder = keyed(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()));
    CodingException e =
        catchThrowableOfType(
            CodingException.class,
            () -> encoder.accept(WindowedValues.valueInGlobalWindow(KV.of(null, 1L))));
    assertThat(e.transform()).isEqualTo("Sum/Group");
    assertThat(e).hasCauseInstanceOf(CoderException.class);
    assertThat(e)
        .hasMessage(
            "Sum/Group: cannot encode a null key of collection Parse.out with StringUtf8Coder:"
                + " cannot encode a null String. Remove elements with a null key before this"
                + " transform, or give the collection a coder that takes null, such as"
                + " NullableCoder.");
  }

  @Test
  void namesTheClassOfWhatCannotBeEncodedAndGoesOn() {
    ElementEncoder encoder = keyed(KvCoder.of(StringUtf8Coder.of(), new Picky()));
    encoder.accept(WindowedValues.valueInGlobalWindow(KV.of("a", 2)));
    assertThatThrownBy(() -> encoder.accept(WindowedValues.valueInGlobalWindow(KV.of("b", 3))))
        .isInstanceOf(CodingException.class)
        .hasRootCauseMessage("odd")
        .hasMessageContaining("Sum/Group")
        .hasMessageContaining("the value of class java.lang.Integer")
        .hasMessageContaining("Parse.out")
        .hasMessageContaining("Picky: odd");
    encoder.accept(WindowedValues.valueInGlobalWindow(KV.of("c", 6)));
    encoder.flush();

    assertThat(pages.get(0).size()).isEqualTo(2);
    assertThat(pages.get(0).payload()).containsExactly('a', 1, 2, 'c', 1, 6);
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // what a raw type in a user's program amounts to
  void namesTheClassOfAnElementThatIsNotOfTheCodersType() {
    ElementEncoder encoder =
        ElementEncoder.any(edge((Coder) VarLongCoder.of()), 1, 0, (lane, page) -> pages.add(page));
    assertThatThrownBy(() -> encoder.accept(WindowedValues.valueInGlobalWindow("text")))
        .isInstanceOf(CodingException.class)
        .hasCauseInstanceOf(ClassCastException.class)
        .hasMessageContaining("the element of class java.lang.String")
        .hasMessageContaining("VarLongCoder");
  }

  @Test
  void namesTheTransformWhenDecodingFails() {
    ElementEncoder encoder = keyed(KvCoder.of(VarIntCoder.of(), new Picky()));
    encoder.accept(WindowedValues.valueInGlobalWindow(KV.of(1, 4)));
    encoder.flush();
    ElementDecoder decoder =
        ElementDecoder.keyed(edge(KvCoder.of(VarIntCoder.of(), new Picky())), false);
    decoder.start(pages.get(0));
    assertThatThrownBy(decoder::next)
        .isInstanceOf(CodingException.class)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Sum/Group: cannot decode the value")
        .hasMessageContaining("Parse.out");
  }

  @Test
  void refusesCollectionsThatCannotBeGrouped() {
    assertThatThrownBy(() -> KeyCoders.check(VarLongCoder.of(), "Sum/Group"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Sum/Group groups its input by key")
        .hasMessageContaining("VarLongCoder");
    Coder<Map<String, String>> mapCoder = MapCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());
    assertThatThrownBy(() -> KeyCoders.check(KvCoder.of(mapCoder, VarLongCoder.of()), "Sum/Group"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Sum/Group")
        .hasMessageContaining("MapCoder")
        .hasMessageContaining("deterministic key coder");
    assertThatCode(() -> KeyCoders.check(KvCoder.of(VarLongCoder.of(), mapCoder), "Sum/Group"))
        .doesNotThrowAnyException();
  }

  private ElementEncoder keyed(Coder<?> coder) {
    return ElementEncoder.byKey(edge(coder), new KeyGroups(1, 1), (lane, page) -> pages.add(page));
  }

  private static EdgeCoders edge(Coder<?> coder) {
    return new EdgeCoders("Sum/Group", "Parse.out", coder, GlobalWindow.Coder.INSTANCE);
  }
}
