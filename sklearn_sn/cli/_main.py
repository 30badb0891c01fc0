"""The command ``sklearn-sn`` and its subcommands."""

from collections.abc import Sequence

import click

from sklearn_sn import __version__, import_quickly
from sklearn_sn.cli._messages import one_sentence_errors, short_warnings

# Subcommands by file. Their imports take seconds, so only the one that is called is imported.
COMMANDS = ("classify", "embed", "redshift", "generate", "info", "models")
# Shown by --help without importing the subcommand.
SUMMARIES = {
    "classify": "Classify objects: class, redshift, anomaly score, similar supernovae.",
    "embed": "Write the embedding of every object.",
    "redshift": "Estimate redshifts.",
    "generate": "Generate the spectra that belong to light curves.",
    "info": "Show what is inside a file.",
    "models": "List the models of the package, or summarise the card of one.",
}
_MARGIN = 22  # columns of the help that names of commands take


class LazyGroup(click.Group):
    """Group whose subcommands are imported when they are called."""

    def list_commands(self, ctx):
        return list(COMMANDS)

    def get_command(self, ctx, cmd_name):
        if cmd_name not in COMMANDS:
            return None
        return import_quickly(f"sklearn_sn.cli._{cmd_name}").command

    def format_commands(self, ctx, formatter):
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in COMMANDS], _MARGIN)

    def invoke(self, ctx):
        with short_warnings(), one_sentence_errors(ctx.params.get("debug", False)):
            return super().invoke(ctx)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  sklearn-sn classify my_atlas.txt
  sklearn-sn classify my_atlas.txt --spectrum my_spectrum.ascii -o page.html
  sklearn-sn classify photometry/*.txt -o classes.csv
  sklearn-sn info my_atlas.txt

No command needs a network. Options of a command: sklearn-sn COMMAND --help.

Exit codes: 0 success; 1 data or model file unreadable, or nothing usable in it;
2 wrong use, such as an unknown option or model name; 130 Ctrl-C.
""",
)
@click.version_option(__version__, package_name="sklearn-sn", message="sklearn-sn %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def command(debug):
    """Classify supernovae and estimate redshifts from files of light curves and spectra."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Parameters
    ----------
    args : sequence of str, optional
        Arguments; by default those of the process.

    Raises
    ------
    SystemExit
        Always, with the exit code: 0 for success, 1 for unreadable input or nothing usable in it,
        2 for wrong use, 130 if it was interrupted by Ctrl-C.

    Examples
    --------
    >>> from sklearn_sn.cli import main
    >>> try:
    ...     main(["--version"])
    ... except SystemExit as end:
    ...     code = end.code
    sklearn-sn ...
    >>> code
    0
    """
    command.main(args=None if args is None else list(args), prog_name="sklearn-sn")
