package dev.tidemark.runner.state.description;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A job, as far as its state depends on it.
 *
 * <p>Immutable.
 *
 * @param beamVersion the version of Beam that it ran with
 * @param jobName its name
 * @param keyGroups into how many groups keys are hashed
 * @param transforms by name, what each transform that keeps something is made of: by the name of
 *     the part, such as "keys" or "state count", how it is encoded or works
 */
public record JobDescription(
    String beamVersion,
    String jobName,
    int keyGroups,
    SortedMap<String, SortedMap<String, String>> transforms) {
  public JobDescription {
    SortedMap<String, SortedMap<String, String>> copy = new TreeMap<>();
    for (Map.Entry<String, SortedMap<String, String>> entry : transforms.entrySet()) {
      copy.put(entry.getKey(), Collections.unmodifiableSortedMap(new TreeMap<>(entry.getValue())));
    }
    transforms = Collections.unmodifiableSortedMap(copy);
  }
}
