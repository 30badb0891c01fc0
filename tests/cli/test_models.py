"""The command ``models``."""

from sklearn_sn import load_pretrained
from sklearn_sn.cli._models import card_lines
from sklearn_sn.persistence import list_pretrained


def test_it_lists_the_models(run):
    lines = run("models").stdout.splitlines()
    names = [line.split()[0] for line in lines if line[0] != " "]
    assert names == list_pretrained()


def test_it_shows_a_card(run):
    done = run("models", "contrastive-sim")
    words = " ".join(done.stdout.split())
    assert load_pretrained("contrastive-sim", card=True)["description"] in words
    assert run("models", "nothing").exit_code == 1


def test_nested_entries_are_indented():
    lines = card_lines({"metrics": {"macro_f1": 0.5}, "limits": ["one", "two"]})
    assert lines == ["metrics:", "  macro f1: 0.5", "limits:", "  - one", "  - two"]


def test_rows_of_a_table_name_their_values():
    lines = card_lines({"by_horizon": [{"days": 10, "accuracy": 0.9}]})
    assert lines == ["by horizon:", "  - days 10, accuracy 0.9"]


def test_the_limits_come_first(run):
    shown = run("models", "light-curve-types").stdout
    assert shown.index("limits:") < shown.index("data:")
