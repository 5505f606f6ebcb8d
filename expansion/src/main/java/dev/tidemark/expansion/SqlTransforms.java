package dev.tidemark.expansion;

import com.google.auto.service.AutoService;
import java.util.Map;
import org.apache.beam.sdk.expansion.ExternalTransformRegistrar;
import org.apache.beam.sdk.transforms.ExternalTransformBuilder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Beam's {@code SqlTransform} for other SDKs. Its own registrar is in an artifact that is not
 * published for every version; where that is on the class path, it is the one that counts.
 *
 * <p>SQL is not on the class path of every expansion service, and brings hundreds of jars: so it is
 * looked up by name.
 */
@AutoService(ExternalTransformRegistrar.class)
public final class SqlTransforms implements ExternalTransformRegistrar {
  private static final String URN = "beam:external:java:sql:v1";
  private static final String SQL = "org.apache.beam.sdk.extensions.sql.SqlTransform";
  private static final String BEAMS_OWN =
      "org.apache.beam.sdk.extensions.sql.expansion.ExternalSqlTransformRegistrar";

  @Override
  public Map<String, ExternalTransformBuilder<?, ?, ?>> knownBuilderInstances() {
    Class<?> transform = find(SQL);
    return transform == null || find(BEAMS_OWN) != null
        ? Map.of()
        : Map.of(URN, new Builder(transform));
  }

  private static @Nullable Class<?> find(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  /** What Python sends. The dialect says which planner is to be used; Beam has one by now. */
  public static final class Configuration {
    private String query = "";
    private @Nullable String dialect;
    private @Nullable String ddl;

    /** The query, which names its inputs, or {@code PCOLLECTION} if there is one. */
    public void setQuery(String text) {
      query = text;
    }

    /** {@code calcite}, which is the default. */
    public void setDialect(@Nullable String name) {
      dialect = name;
    }

    /** Statements before the query, such as {@code CREATE EXTERNAL TABLE}. */
    public void setDdl(@Nullable String statements) {
      ddl = statements;
    }
  }

  private record Builder(Class<?> transform)
      implements ExternalTransformBuilder<Configuration, PInput, PCollection<Row>> {

    @Override
    public PTransform<PInput, PCollection<Row>> buildExternal(Configuration configuration) {
      String dialect = configuration.dialect;
      if (dialect != null && !dialect.isEmpty() && !dialect.equalsIgnoreCase("calcite")) {
        throw new IllegalArgumentException(
            "SqlTransform: the dialect '" + dialect + "' is not known; there is 'calcite'.");
      }
      try {
        Object built = transform.getMethod("query", String.class).invoke(null, configuration.query);
        if (configuration.ddl != null && !configuration.ddl.isEmpty()) {
          built =
              transform.getMethod("withDdlString", String.class).invoke(built, configuration.ddl);
        }
        return typed(built);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("This version of " + SQL + " cannot be used", e);
      }
    }

    /** As {@code SqlTransform} declares itself. */
    @SuppressWarnings("unchecked")
    private static PTransform<PInput, PCollection<Row>> typed(Object transform) {
      return (PTransform<PInput, PCollection<Row>>) transform;
    }
  }
}
