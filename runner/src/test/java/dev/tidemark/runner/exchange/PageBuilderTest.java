package dev.tidemark.runner.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PageBuilderTest {
  private record Element(String key, String value, String frame, long timestamp) {}

  private final List<RecordBatch> pages = new ArrayList<>();

  @Property(tries = 300)
  void givesBackWhatWasPutIn(
      @ForAll("elements") List<Element> elements,
      @ForAll @IntRange(min = 1, max = 200) int targetBytes,
      @ForAll @IntRange(min = 1, max = 20) int targetElements) {
    pages.clear();
    PageBuilder builder =
        new PageBuilder(pages::add, targetBytes, targetElements, ByteOutput.MAX_BYTES);
    for (Element element : elements) {
      put(builder, element);
    }
    builder.cut();

    List<Element> read = new ArrayList<>();
    for (RecordBatch page : pages) {
      assertThat(page.size()).isBetween(1, targetElements);
      assertThat(page.payload()).hasSize(page.payloadBytes());
      for (int i = 0; i < page.size(); i++) {
        String key = text(page.payload(), page.keyOffset(i), page.keyLength(i));
        read.add(
            new Element(
                key,
                text(page.payload(), page.valueOffset(i), page.valueLength(i)),
                new String(page.frame(page.frameIndex(i)), StandardCharsets.UTF_8),
                page.timestamp(i)));
        assertThat(page.keyHash(i)).isEqualTo(key.hashCode());
      }
    }
    assertThat(read).isEqualTo(elements);
  }

  @Test
  void storesEqualFramesOncePerPage() {
    PageBuilder builder = new PageBuilder(pages::add);
    for (int i = 0; i < 10; i++) {
      put(builder, new Element("k", "v", i % 2 == 0 ? "even" : "odd", i));
    }
    builder.cut();
    put(builder, new Element("k", "v", "odd", 0));
    builder.cut();

    assertThat(pages).extracting(RecordBatch::frameCount).containsExactly(2, 1);
  }

  @Test
  void cutsAPageWhenItIsFull() {
    PageBuilder builder = new PageBuilder(pages::add);
    String half = "x".repeat(PageBuilder.TARGET_BYTES / 2);
    put(builder, new Element("", half, "", 0));
    assertThat(pages).isEmpty();
    put(builder, new Element("", half, "", 0));
    assertThat(pages).hasSize(1);
    for (int i = 0; i < PageBuilder.TARGET_ELEMENTS; i++) {
      put(builder, new Element("", "", "", 0));
    }
    assertThat(pages).extracting(RecordBatch::size).containsExactly(2, 4096);
    assertThat(builder.size()).isZero();
    builder.cut();
    assertThat(pages).hasSize(2);
  }

  @Test
  void takesAnElementLargerThanAPage() {
    PageBuilder builder = new PageBuilder(pages::add);
    String huge = "ä".repeat(3 << 20);
    put(builder, new Element("a", "1", "", 0));
    put(builder, new Element("b", huge, "", 0));
    put(builder, new Element("c", "2", "", 0));
    builder.cut();

    assertThat(pages).extracting(RecordBatch::size).containsExactly(2, 1);
    RecordBatch page = pages.get(0);
    assertThat(text(page.payload(), page.valueOffset(1), page.valueLength(1))).isEqualTo(huge);
  }

  @Test
  void refusesAnElementBeyondTheLimitAndGoesOn() {
    PageBuilder builder = new PageBuilder(pages::add, 100, 10, 1000);
    put(builder, new Element("a", "1", "", 0));
    assertThatThrownBy(() -> builder.output().write(new byte[1000]))
        .isInstanceOf(ElementTooLargeException.class)
        .hasMessageContaining("1000 bytes");
    builder.abandonElement();
    put(builder, new Element("b", "2", "", 0));
    builder.cut();

    RecordBatch page = pages.get(0);
    assertThat(page.size()).isEqualTo(2);
    assertThat(text(page.payload(), 0, page.payloadBytes())).isEqualTo("a1b2");
  }

  @Test
  void forgetsAnAbandonedElement() {
    PageBuilder builder = new PageBuilder(pages::add);
    put(builder, new Element("a", "1", "", 0));
    builder.output().write(7);
    builder.endKey();
    builder.output().write(7);
    builder.abandonElement();
    builder.endElement(5, 0, new byte[0]);
    builder.cut();

    RecordBatch page = pages.get(0);
    assertThat(page.keyLength(1)).isZero();
    assertThat(page.valueLength(1)).isZero();
  }

  @Provide
  Arbitrary<List<Element>> elements() {
    return Combinators.combine(
            Arbitraries.strings().alpha().ofMaxLength(5),
            Arbitraries.strings().alpha().ofMaxLength(300),
            Arbitraries.strings().withChars("ab").ofMaxLength(2),
            Arbitraries.longs())
        .as(Element::new)
        .list()
        .ofMaxSize(60);
  }

  private static void put(PageBuilder builder, Element element) {
    builder.output().write(element.key().getBytes(StandardCharsets.UTF_8));
    builder.endKey();
    for (byte b : element.value().getBytes(StandardCharsets.UTF_8)) {
      builder.output().write(b);
    }
    builder.endElement(
        element.timestamp(),
        element.key().hashCode(),
        element.frame().getBytes(StandardCharsets.UTF_8));
  }

  private static String text(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }
}
