package dev.tidemark.runner.state.description;

import java.util.Comparator;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.SchemaApi;

/** The fields of schemas in the order in which they are encoded. */
final class SchemaText {
  private SchemaText() {}

  static String of(SchemaApi.Schema schema) {
    return schema.getFieldsList().stream()
        .sorted(
            Comparator.comparingInt(SchemaApi.Field::getEncodingPosition)
                .thenComparingInt(SchemaApi.Field::getId))
        .map(field -> field.getName() + " " + of(field.getType()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String of(SchemaApi.FieldType type) {
    String text =
        switch (type.getTypeInfoCase()) {
          case ATOMIC_TYPE -> type.getAtomicType().name();
          case ARRAY_TYPE -> "ARRAY<" + of(type.getArrayType().getElementType()) + ">";
          case ITERABLE_TYPE -> "ITERABLE<" + of(type.getIterableType().getElementType()) + ">";
          case MAP_TYPE ->
              "MAP<"
                  + of(type.getMapType().getKeyType())
                  + ", "
                  + of(type.getMapType().getValueType())
                  + ">";
          case ROW_TYPE -> "ROW" + of(type.getRowType().getSchema());
          // What else a logical type has, its SDK has serialized.
          case LOGICAL_TYPE ->
              type.getLogicalType().getUrn()
                  + "<"
                  + of(type.getLogicalType().getRepresentation())
                  + ">";
          case TYPEINFO_NOT_SET -> "unknown";
        };
    return type.getNullable() ? text + "?" : text;
  }
}
