package dev.tidemark.runner.state.description;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CompatibilityTest {
  private static final Map<String, String> COUNT =
      Map.of(
          "keys", "StringUtf8Coder", "state count", "value of VarLongCoder", "timer end", "EVENT");

  @Test
  void theSameJobGoesOn() {
    Compatibility same =
        compare(job(Map.of("Count", COUNT)), job(Map.of("Count", COUNT)), Map.of());
    assertThat(same.transforms()).containsExactly(Map.entry("Count", new Verdict.Kept("Count")));
    assertThat(same.objections(false)).isEmpty();
    assertThat(same.changes()).isEmpty();
    assertThat(same.renamed()).isEmpty();
  }

  @Test
  void whatIsNewHasNoState() {
    Compatibility more =
        compare(job(Map.of("Count", COUNT)), job(Map.of("Count", COUNT, "Sum", COUNT)), Map.of());
    assertThat(more.transforms()).containsEntry("Sum", new Verdict.Fresh());
    assertThat(more.objections(false)).isEmpty();
    assertThat(more.changes()).containsExactly("Sum: new");
  }

  @Test
  void whatIsGoneIsDroppedOnlyIfThatIsAllowed() {
    Compatibility gone = compare(job(Map.of("Count", COUNT)), job(Map.of()), Map.of());
    assertThat(gone.dropped()).containsExactly(Map.entry("Count", false));
    assertThat(gone.objections(false))
        .containsExactly(
            "Count is not in the pipeline any more",
            "If a transform has another name now, say so:"
                + " --transformNameMapping='{\"old\":\"new\"}'. If its state is not needed any"
                + " more: --allowDroppedState");
    assertThat(gone.objections(true)).isEmpty();
    assertThat(gone.changes()).containsExactly("Count: its state is dropped");
  }

  @Test
  void aCellThatIsGoneIsDroppedOnlyIfThatIsAllowed() {
    Compatibility reduced =
        compare(
            job(Map.of("Count", COUNT)),
            job(Map.of("Count", Map.of("keys", "StringUtf8Coder", "state other", "bag of X"))),
            Map.of());
    assertThat(reduced.objections(false))
        .first()
        .isEqualTo("Count has no state count, no timer end any more");
    assertThat(reduced.objections(true)).isEmpty();
    assertThat(reduced.changes()).containsExactly("Count: dropped: state count, timer end");
  }

  @Test
  void anotherCoderIsRefusedWhateverIsAllowed() {
    Map<String, String> changed = new TreeMap<>(COUNT);
    changed.put("keys", "VarIntCoder");
    changed.put("state count", "value of DoubleCoder");
    Compatibility incompatible =
        compare(job(Map.of("Count", COUNT)), job(Map.of("Count", changed)), Map.of());
    assertThat(incompatible.objections(true))
        .containsExactly(
            "Count cannot read its state: keys: was StringUtf8Coder, is now VarIntCoder; state"
                + " count: was value of VarLongCoder, is now value of DoubleCoder");
  }

  @Test
  void otherKeyGroupsAreRefused() {
    JobDescription before = job(Map.of());
    JobDescription now = new JobDescription("2.73.0", "other", 64, new TreeMap<>());
    assertThat(Compatibility.of(before, now, NameMapping.NONE).objections(true))
        .singleElement()
        .asString()
        .contains("128 groups")
        .contains("--keyGroups=128");
  }

  @Test
  void namesAreMapped() {
    Compatibility mapped =
        compare(
            job(Map.of("Old/Count", COUNT, "Old/Sum", COUNT, "Older", COUNT)),
            job(Map.of("New/Count", COUNT, "Total", COUNT, "Older", COUNT)),
            Map.of("Old", "New", "Old/Sum", "Total"));
    assertThat(mapped.renamed())
        .containsExactly(Map.entry("Old/Count", "New/Count"), Map.entry("Old/Sum", "Total"));
    assertThat(mapped.objections(false)).isEmpty();
    assertThat(mapped.changes())
        .containsExactly("New/Count: kept, was Old/Count", "Total: kept, was Old/Sum");
  }

  @Test
  void twoCanChangeTheirNames() {
    Compatibility swapped =
        compare(
            job(Map.of("A", COUNT, "B", COUNT)),
            job(Map.of("A", COUNT, "B", COUNT)),
            Map.of("A", "B", "B", "A"));
    assertThat(swapped.renamed()).containsExactly(Map.entry("A", "B"), Map.entry("B", "A"));
    assertThat(swapped.objections(false)).isEmpty();
  }

  @Test
  void aNameThatIsGivenUpIsDroppedAndFreeForAnother() {
    Compatibility given =
        compare(
            job(Map.of("A", COUNT, "B", COUNT)),
            job(Map.of("A", COUNT)),
            Map.of("A", "", "B", "A"));
    assertThat(given.dropped()).containsExactly(Map.entry("A", true));
    assertThat(given.transforms()).containsExactly(Map.entry("A", new Verdict.Kept("B")));
    assertThat(given.objections(false)).isEmpty();
  }

  @Test
  void aMappingThatMakesNoSenseIsRefused() {
    JobDescription before = job(Map.of("A", COUNT, "B", COUNT));
    assertThat(compare(before, job(Map.of("A", COUNT)), Map.of("B", "A")).objections(true))
        .containsExactly("--transformNameMapping gives \"A\" the state of two transforms");
    assertThat(compare(before, before, Map.of("C", "A")).objections(true))
        .containsExactly("--transformNameMapping names \"C\", which has no state");
  }

  private static Compatibility compare(
      JobDescription before, JobDescription now, Map<String, String> mapping) {
    return Compatibility.of(before, now, new NameMapping(mapping));
  }

  private static JobDescription job(Map<String, Map<String, String>> transforms) {
    SortedMap<String, SortedMap<String, String>> sorted = new TreeMap<>();
    transforms.forEach((name, parts) -> sorted.put(name, new TreeMap<>(parts)));
    return new JobDescription("2.70.0", "job", 128, sorted);
  }
}
