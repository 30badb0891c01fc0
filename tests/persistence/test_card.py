"""The model card: what the user says, and what we know."""

import zipfile

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sklearn_sn
from sklearn_sn.persistence import read_card, save_model


@pytest.fixture
def model():
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(np.eye(4), list("abab"))


def test_the_users_words_are_kept_and_completed(model, tmp_path):
    card = {
        "description": "Types of supernovae.",
        "data": {"name": "simulated", "objects": np.int64(4)},
        "metrics": {"macro_f1": np.float32(0.5), "per_class": np.array([0.5, np.nan])},
        "limits": ["Only below redshift 0.1."],
    }
    save_model(model, tmp_path / "a", card=card)
    found = read_card(tmp_path / "a")
    assert found["description"] == "Types of supernovae."
    assert found["data"] == {"name": "simulated", "objects": 4}
    assert found["metrics"] == {"macro_f1": 0.5, "per_class": [0.5, "nan"]}
    assert found["limits"][0] == "Only below redshift 0.1."
    assert "bit for bit" in found["limits"][-1]
    assert found["estimator"] == "Pipeline(StandardScaler, LogisticRegression)"
    assert found["classes"] == ["a", "b"]
    assert found["packages"]["sklearn-sn"] == sklearn_sn.__version__
    assert {"python", "numpy", "scikit-learn"} <= set(found["packages"])
    assert "torch" not in found["packages"]
    assert card["limits"] == ["Only below redshift 0.1."]


def test_limits_of_a_card_that_was_read_stand_once(tmp_path):
    neighbours = KNeighborsClassifier(1).fit(np.eye(4), list("abab"))
    save_model(neighbours, tmp_path / "a", card={"limits": "Only near ones."})
    limits = read_card(tmp_path / "a")["limits"]
    assert len(limits) == 3
    save_model(neighbours, tmp_path / "b", card={"limits": limits})
    assert read_card(tmp_path / "b")["limits"] == limits


def test_an_embedder_names_torch(fitted, tmp_path):
    save_model(fitted, tmp_path / "a")
    card = read_card(tmp_path / "a")
    assert {"torch", "skorch"} <= set(card["packages"])
    assert card["columns"][:2] == ["light_curve", "spectrum"]


def test_markdown_lies_beside(model, tmp_path):
    save_model(
        model, tmp_path / "a", card={"data": {"from": {"survey": "ZTF"}}, "metrics": [{"f1": 0.5}]}
    )
    with zipfile.ZipFile(tmp_path / "a") as archive:
        text = archive.read("card.md").decode()
    assert text.startswith("# Model card\n\n`Pipeline(StandardScaler, LogisticRegression)`")
    assert "## Data\n\n- from:\n  - survey: ZTF\n" in text
    assert "  - f1: 0.5" in text


def test_cards_that_cannot_be(model, tmp_path):
    with pytest.raises(TypeError, match=r"card\['data'\] is a set"):
        save_model(model, tmp_path / "a", card={"data": {1, 2}})
    with pytest.raises(ValueError, match="'packages' is written by save_model"):
        save_model(model, tmp_path / "a", card={"packages": {}})
    assert not (tmp_path / "a").exists()
