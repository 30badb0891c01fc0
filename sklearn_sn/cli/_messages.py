"""Errors and warnings of the command line: one sentence each, on standard error."""

import re
import warnings
from contextlib import contextmanager

import click

# Problems of the input or the installation. Others are defects of this package.
EXPECTED = (ValueError, OSError, ImportError, KeyError, MemoryError)

INTERRUPTED = 130  # exit code of shells for a process that Ctrl-C has ended


@contextmanager
def one_sentence_errors(debug):
    """Turn exceptions into messages without a traceback and exit code 1, or 130 for Ctrl-C.

    Parameters
    ----------
    debug : bool
        Whether to let exceptions pass, so that Python prints the traceback.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        # click would turn it into exit code 1, which is that of unreadable input.
        click.echo("Interrupted.", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    except Exception as error:
        if debug:
            raise
        raise click.ClickException(describe(error)) from error


def describe(error):
    """Return an exception as one sentence on one line."""
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    else:
        text = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    text = _with_options(re.sub(r"\s+", " ", text).strip()) or type(error).__name__
    if not isinstance(error, EXPECTED):
        text = f"{type(error).__name__}: {text} (run with sklearn-sn --debug for details)"
    return text if text.endswith((".", ")")) else f"{text}."


def _with_options(text):
    """Return a message with the option of the command instead of the argument in Python."""
    text = re.sub(r"\bread_tables\(\.\.\., survey=\)", "--survey", text)
    text = re.sub(r"(?<!, )\bsurvey='(\w+)'", r"--survey \1", text)
    return re.sub(r"(?<!, )\bsurvey=", "--survey", text)


@contextmanager
def short_warnings():
    """Print warnings to users as one line each, and each only once; drop those to developers."""
    printed = set()

    def show(message, category, filename, lineno, file=None, line=None):
        text = _with_options(re.sub(r"\s+", " ", str(message)).strip())
        if text not in printed:
            printed.add(text)
            click.echo(f"Warning: {text}", err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield
