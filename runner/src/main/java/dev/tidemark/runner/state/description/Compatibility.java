package dev.tidemark.runner.state.description;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether a job can go on from the state of another, or of itself before it was changed.
 *
 * <p>Immutable.
 *
 * @param transforms what becomes of the state of each transform of the job that is to go on
 * @param dropped the transforms from whose state nothing goes on, by the name that they had, and
 *     whether the user has given them up by name
 * @param problems what concerns the job as a whole, and is to be mended whatever else is allowed
 */
public record Compatibility(
    SortedMap<String, Verdict> transforms,
    SortedMap<String, Boolean> dropped,
    List<String> problems) {
  public Compatibility {
    transforms = Collections.unmodifiableSortedMap(new TreeMap<>(transforms));
    dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
    problems = List.copyOf(problems);
  }

  /**
   * Compares two jobs.
   *
   * @param before the job that wrote the state
   * @param now the job that is to go on from it
   * @param mapping transforms that have another name now
   */
  public static Compatibility of(JobDescription before, JobDescription now, NameMapping mapping) {
    List<String> problems = new ArrayList<>(mapping.unused(before.transforms().keySet()));
    if (before.keyGroups() != now.keyGroups()) {
      problems.add(
          "the state has its keys in "
              + before.keyGroups()
              + " groups, which can never change: give --keyGroups="
              + before.keyGroups());
    }
    SortedMap<String, Verdict> verdicts = new TreeMap<>();
    SortedMap<String, Boolean> dropped = new TreeMap<>();
    for (Map.Entry<String, SortedMap<String, String>> transform : before.transforms().entrySet()) {
      String name = mapping.apply(transform.getKey());
      SortedMap<String, String> parts = now.transforms().get(name);
      if (parts == null) {
        dropped.put(transform.getKey(), name.isEmpty());
      } else if (verdicts.containsKey(name)) {
        problems.add("--transformNameMapping gives \"" + name + "\" the state of two transforms");
      } else {
        verdicts.put(name, compare(transform.getKey(), transform.getValue(), parts));
      }
    }
    for (String name : now.transforms().keySet()) {
      verdicts.putIfAbsent(name, new Verdict.Fresh());
    }
    return new Compatibility(verdicts, dropped, problems);
  }

  private static Verdict compare(
      String nameBefore, SortedMap<String, String> before, SortedMap<String, String> now) {
    List<String> gone = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    before.forEach(
        (part, was) -> {
          String is = now.get(part);
          if (is == null) {
            gone.add(part);
          } else if (!is.equals(was)) {
            reasons.add(part + ": was " + was + ", is now " + is);
          }
        });
    if (!reasons.isEmpty()) {
      return new Verdict.Incompatible(reasons);
    }
    return gone.isEmpty() ? new Verdict.Kept(nameBefore) : new Verdict.Reduced(nameBefore, gone);
  }

  /**
   * What stands in the way, a line each; empty if the job can go on.
   *
   * @param allowDroppedState whether state may be lost that nothing in the pipeline goes on from
   */
  public List<String> objections(boolean allowDroppedState) {
    List<String> objections = new ArrayList<>(problems);
    List<String> lost = new ArrayList<>();
    dropped.forEach(
        (name, wanted) -> {
          if (!wanted) {
            lost.add(name + " is not in the pipeline any more");
          }
        });
    transforms.forEach(
        (name, verdict) -> {
          if (verdict instanceof Verdict.Incompatible incompatible) {
            objections.add(
                name + " cannot read its state: " + String.join("; ", incompatible.reasons()));
          } else if (verdict instanceof Verdict.Reduced reduced) {
            lost.add(name + " has no " + String.join(", no ", reduced.parts()) + " any more");
          }
        });
    if (!allowDroppedState && !lost.isEmpty()) {
      objections.addAll(lost);
      objections.add(
          "If a transform has another name now, say so: --transformNameMapping='{\"old\":\"new\"}'."
              + " If its state is not needed any more: --allowDroppedState");
    }
    return objections;
  }

  /** For each transform that goes on under another name: that before, and that now. */
  public SortedMap<String, String> renamed() {
    SortedMap<String, String> renamed = new TreeMap<>();
    transforms.forEach(
        (name, verdict) -> {
          String before =
              verdict instanceof Verdict.Kept kept
                  ? kept.before()
                  : verdict instanceof Verdict.Reduced reduced ? reduced.before() : name;
          if (!before.equals(name)) {
            renamed.put(before, name);
          }
        });
    return renamed;
  }

  /** One line for each transform that is not as before. */
  public List<String> changes() {
    List<String> changes = new ArrayList<>();
    dropped.keySet().forEach(name -> changes.add(name + ": its state is dropped"));
    transforms.forEach(
        (name, verdict) -> {
          if (verdict instanceof Verdict.Fresh) {
            changes.add(name + ": new");
          } else if (verdict instanceof Verdict.Reduced reduced) {
            changes.add(name + ": dropped: " + String.join(", ", reduced.parts()));
          } else if (verdict instanceof Verdict.Kept kept && !kept.before().equals(name)) {
            changes.add(name + ": kept, was " + kept.before());
          }
        });
    return changes;
  }
}
