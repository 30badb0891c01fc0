"""The command ``models``."""

import pytest

from sklearn_sn import load_pretrained
from sklearn_sn.cli._models import card_lines
from sklearn_sn.persistence import list_pretrained


def test_it_lists_the_models(run):
    lines = run("models").stdout.splitlines()
    names = [line.split()[0] for line in lines if line[0] != " "]
    assert names == list_pretrained()


@pytest.mark.parametrize("name", list_pretrained())
def test_the_summary_of_a_card_is_short_and_states_what_matters(run, name):
    card = load_pretrained(name, card=True)
    shown = run("models", name).stdout
    words = " ".join(shown.split())
    assert card["description"] in words
    assert all(" ".join(limit.split()) in words for limit in card["limits"])
    assert all(text in words for text in card.get("classes", []))
    figures = [f"{key.replace('_', ' ')}: {value}" for key, value in card["metrics"].items()]
    assert [figure in words for figure in figures[:6]] == [True] * min(5, len(figures)) + [
        False
    ] * (len(figures) > 5)
    assert f"models {name} --all" in words
    limits = [line for line in shown.splitlines() if line.startswith("  - ")]
    assert len(shown.splitlines()) - len(limits) <= 30 and len(limits) == len(card["limits"])


@pytest.mark.parametrize("arguments", [["nothing"], ["nothing", "--all"], ["--all"], ["a", "b"]])
def test_other_names_are_wrong_use(run, arguments):
    done = run("models", *arguments)
    assert done.exit_code == 2 and "Usage: sklearn-sn models" in done.stderr
    if arguments[0] == "nothing":
        assert "no packaged model 'nothing'" in done.stderr and "maven-sim" in done.stderr


def test_the_complete_card_is_shown_on_request(run):
    card = load_pretrained("light-curve-types", card=True)
    words = " ".join(run("models", "light-curve-types", "--all").stdout.split())
    assert card["description"] in words and card["recipe"] in words
    assert "calibration: - horizon full" in words


def test_nested_entries_are_indented():
    lines = card_lines({"metrics": {"macro_f1": 0.5}, "limits": ["one", "two"]})
    assert lines == ["metrics:", "  macro f1: 0.5", "limits:", "  - one", "  - two"]


def test_rows_of_a_table_name_their_values():
    lines = card_lines({"by_horizon": [{"days": 10, "accuracy": 0.9}]})
    assert lines == ["by horizon:", "  - days 10, accuracy 0.9"]


def test_the_limits_come_first(run):
    shown = run("models", "light-curve-types", "--all").stdout
    assert shown.index("limits:") < shown.index("data:")
