"""One sentence per error and warning."""

import warnings

import click
import pytest

from sklearn_sn.cli._messages import describe, one_sentence_errors, short_warnings


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("two\n  lines"), "two lines."),
        (FileNotFoundError(2, "No such file or directory", "a.txt"), "a.txt: No such file or"),
        (KeyError("a name"), "a name."),
        (ValueError(), "ValueError."),
        (AttributeError("lost"), "AttributeError: lost (run with sklearn-sn --debug for details)"),
    ],
)
def test_errors_are_one_line(error, text):
    assert describe(error).startswith(text) and "\n" not in describe(error)
    with pytest.raises(click.ClickException), one_sentence_errors(False):
        raise error
    with pytest.raises(type(error)), one_sentence_errors(True):
        raise error


@pytest.mark.parametrize("debug", [False, True])
def test_an_interruption_has_the_exit_code_of_shells(capsys, debug):
    with pytest.raises(click.exceptions.Exit) as end, one_sentence_errors(debug):
        raise KeyboardInterrupt
    assert end.value.exit_code == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_errors_of_click_pass():
    with pytest.raises(click.UsageError), one_sentence_errors(False):
        raise click.UsageError("wrong")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("name the survey with survey=)", "name the survey with --survey)"),
        ("as in survey='sdss', else", "as in --survey sdss, else"),
        ("'Swift-V' or read_tables(..., survey=), or", "'Swift-V' or --survey, or"),
        ("register_band(..., survey='ps1')", "register_band(..., survey='ps1')"),
    ],
)
def test_arguments_of_python_become_options(capsys, text, printed):
    with short_warnings():
        warnings.warn(text, UserWarning, stacklevel=1)
    assert capsys.readouterr().err == f"Warning: {printed}\n"
    assert describe(ValueError(text)).startswith(printed)


def test_warnings_are_printed_once(capsys):
    with short_warnings():
        for _ in range(2):
            warnings.warn("look\nhere", UserWarning, stacklevel=1)
        warnings.warn("for developers", DeprecationWarning, stacklevel=1)
    assert capsys.readouterr().err == "Warning: look here\n"
