package dev.tidemark.portability.job;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * What a client wants to run.
 *
 * <p>Immutable.
 *
 * @param jobId the server's name for it, made of letters, digits and {@code -}; unique
 * @param jobName the client's name for it, not empty; any number of jobs may have the same
 * @param pipeline as the client sent it
 * @param options as the client sent them: keys {@code beam:option:NAME:v1}, with names in snake
 *     case or camel case and, from Python, numbers as strings
 */
public record JobDescription(
    String jobId, String jobName, RunnerApi.Pipeline pipeline, Struct options) {}
