package dev.tidemark.runner.state.description;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tidemark.runner.stage.Components;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.SchemaApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.util.construction.CoderTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.BytesValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Coders by class and components, or by URN and components where they are not to be looked into.
 *
 * @param coders the coders of the pipeline
 * @param own makes Java objects of them; null for a pipeline that others have sent
 */
record CoderText(RunnerApi.Components coders, @Nullable Components own) {
  private static final String ROW = "beam:coder:row:v1";
  private static final String KV = "beam:coder:kv:v1";

  /** Python writes the name of the class in front of what it has pickled. */
  private static final String PYTHON = "beam:coder:pickled_python:v1";

  private static final int LOOKED_AT = 101;

  private static final Pattern PYTHON_CLASS = Pattern.compile("([A-Za-z0-9_]{1,100})\\$");

  /** The coder of this id. */
  String of(String coderId) {
    return own == null ? ofProto(coders.getCodersOrThrow(coderId)) : of(own.<Object>coder(coderId));
  }

  /** The coder of the keys, or of the values, of a coder of keys and values. */
  String ofKeyOrValue(String coderId, boolean key) {
    RunnerApi.Coder coder = coders.getCodersOrThrow(coderId);
    return coder.getSpec().getUrn().equals(KV)
        ? of(coder.getComponentCoderIds(key ? 0 : 1))
        : of(coderId);
  }

  private String ofProto(RunnerApi.Coder coder) {
    String urn = coder.getSpec().getUrn();
    if (urn.equals(ROW)) {
      try {
        return "row" + SchemaText.of(SchemaApi.Schema.parseFrom(coder.getSpec().getPayload()));
      } catch (InvalidProtocolBufferException e) {
        return "row of an unreadable schema";
      }
    }
    return urn
        + pythonClass(coder.getSpec())
        + listed(coder.getComponentCoderIdsList().stream().map(this::of).toList());
  }

  private static String pythonClass(RunnerApi.FunctionSpec spec) {
    if (!spec.getUrn().equals(PYTHON)) {
      return "";
    }
    try {
      ByteString pickled = BytesValue.parseFrom(spec.getPayload()).getValue();
      Matcher name =
          PYTHON_CLASS.matcher(
              pickled.substring(0, Math.min(pickled.size(), LOOKED_AT)).toString(ISO_8859_1));
      return name.lookingAt() ? " " + name.group(1) : "";
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  /** A coder as an object. */
  static String of(Coder<?> coder) {
    if (coder instanceof SchemaCoder<?> schemaCoder) {
      String type = coder instanceof RowCoder ? "row" : type(coder);
      return type + SchemaText.of(SchemaTranslation.schemaToProto(schemaCoder.getSchema(), false));
    }
    List<? extends Coder<?>> arguments = coder.getCoderArguments();
    String name = name(coder.getClass().getName());
    if (arguments == null || arguments.isEmpty()) {
      // One class often encodes many types, as that for Java's serialization does.
      return name + "<" + type(coder) + ">" + model(coder);
    }
    return name + listed(arguments.stream().map(CoderText::of).toList());
  }

  /**
   * What a coder's own translator says of it: that of Avro's generic records writes their schema.
   * Empty where a class has none, and Beam serializes it.
   */
  private static String model(Coder<?> coder) {
    RunnerApi.FunctionSpec spec;
    try {
      spec = CoderTranslation.toProto(coder, SdkComponents.create()).getSpec();
    } catch (IOException | RuntimeException e) {
      // It cannot be told of this way.
      return "";
    }
    boolean serialized = spec.getUrn().equals(CoderTranslation.JAVA_SERIALIZED_CODER_URN);
    return serialized || spec.getPayload().isEmpty() ? "" : spec.getPayload().toStringUtf8();
  }

  private static String type(Coder<?> coder) {
    return name(coder.getEncodedTypeDescriptor().getType().getTypeName());
  }

  /** Numbers of lambdas are given while a program runs. */
  static String name(String className) {
    return className.replaceAll("\\$\\$Lambda.*", "\\$\\$Lambda");
  }

  private static String listed(List<String> components) {
    return components.isEmpty()
        ? ""
        : components.stream().collect(Collectors.joining(", ", "(", ")"));
  }
}
