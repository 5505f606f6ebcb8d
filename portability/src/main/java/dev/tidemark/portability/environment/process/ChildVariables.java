package dev.tidemark.portability.environment.process;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The variables of the server's environment that its child processes see: those without which
 * programs do not find each other, and what the operator lets through besides. Secrets in the
 * server's environment stay there.
 *
 * <p>Immutable.
 */
public final class ChildVariables {
  private static final Set<String> ALWAYS =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ");

  private static final List<String> NETWORK =
      List.of(
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "REQUESTS_CA_BUNDLE");

  private static final Set<String> CONTAINER_ENGINE =
      Set.of(
          "DOCKER_HOST",
          "DOCKER_CONTEXT",
          "DOCKER_CONFIG",
          "DOCKER_CERT_PATH",
          "DOCKER_TLS",
          "DOCKER_TLS_VERIFY",
          "DOCKER_API_VERSION",
          // Where engines without root listen, and what Podman's client goes by.
          "XDG_RUNTIME_DIR",
          "CONTAINER_HOST");

  private final Map<String, String> source;
  private final Set<String> allowed;

  /**
   * Chooses among variables.
   *
   * @param source the server's environment
   * @param more names that the operator lets through
   */
  public ChildVariables(Map<String, String> source, Set<String> more) {
    this.source = Map.copyOf(source);
    Set<String> names = new LinkedHashSet<>(ALWAYS);
    names.addAll(more);
    this.allowed = Set.copyOf(names);
  }

  /** What every child gets; the caller may add to it. */
  public Map<String, String> forWorker() {
    return chosen(allowed);
  }

  /** What a child gets that fetches packages: proxies, certificates and pip's options as well. */
  public Map<String, String> forInstaller() {
    Map<String, String> variables = chosen(allowed);
    variables.putAll(chosen(Set.copyOf(NETWORK)));
    source.forEach(
        (name, value) -> {
          if (name.startsWith("PIP_") || name.startsWith("UV_")) {
            variables.put(name, value);
          }
        });
    return variables;
  }

  /** What the client of a container engine gets; the containers themselves see none of it. */
  public Map<String, String> forContainerEngine() {
    Map<String, String> variables = chosen(allowed);
    variables.putAll(chosen(CONTAINER_ENGINE));
    return variables;
  }

  private Map<String, String> chosen(Set<String> names) {
    Map<String, String> variables = new HashMap<>();
    for (String name : names) {
      String value = source.get(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    return variables;
  }
}
