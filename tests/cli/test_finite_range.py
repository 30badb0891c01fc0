"""Numbers of options."""

import click
import pytest

from sklearn_sn.cli._finite_range import FiniteRange


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "-1", "x"])
def test_what_is_no_number_of_the_range_is_wrong_use(text):
    with pytest.raises(click.BadParameter) as end:
        FiniteRange(min=0).convert(text, None, None)
    assert end.value.exit_code == 2


def test_numbers_pass():
    assert FiniteRange(min=0).convert("0.5", None, None) == 0.5
    assert FiniteRange().convert("-5", None, None) == -5.0


@pytest.mark.parametrize(
    "arguments",
    [
        ("classify", "--coverage", "nan"),
        ("generate", "--coverage", "nan"),
        ("generate", "--phase", "nan"),
        ("generate", "--redshift", "inf"),
    ],
)
def test_every_number_of_a_command_is_finite(run, files, arguments):
    command, *option = arguments
    done = run(command, files / "atlas" / "sim-000000.txt", *option)
    assert done.exit_code == 2 and "is not" in done.stderr
