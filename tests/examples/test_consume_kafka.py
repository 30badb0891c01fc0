"""The example of a Kafka consumer, which the gallery shows and does not run."""

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from sklearn_sn import LightCurveClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import save_model
from tests.datasets.alert_files import avro, ztf_stream

EXAMPLE = Path(__file__).parents[2] / "examples" / "consume_kafka.py"


def test_it_compiles():
    compile(EXAMPLE.read_text(encoding="utf-8"), str(EXAMPLE), "exec")


class Stop(Exception):
    """End of the messages; a real consumer waits for more."""


def test_it_scores_what_a_consumer_delivers(tmp_path, monkeypatch):
    X, y = make_supernovae(20, modalities=["light_curve"], random_state=0)
    model = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0).fit(X, y)
    save_model(model, tmp_path / "model")
    sent = ztf_stream(2)

    class Consumer:
        def __init__(self, settings):
            assert settings["bootstrap.servers"] == "server"
            self.messages = iter([None, *(avro([packet]) for packet in sent), None])

        def subscribe(self, topics):
            assert topics == ["topic"]

        def poll(self, timeout):
            try:
                content = next(self.messages)
            except StopIteration:
                raise Stop from None
            if content is None:
                return None
            return SimpleNamespace(error=lambda: None, value=lambda: content)

    module = ModuleType("confluent_kafka")
    module.Consumer = Consumer
    monkeypatch.setitem(sys.modules, "confluent_kafka", module)
    monkeypatch.setattr(sys, "argv", ["x", "server", "topic", str(tmp_path / "model")])
    monkeypatch.chdir(tmp_path)
    code = compile(EXAMPLE.read_text(encoding="utf-8"), str(EXAMPLE), "exec")
    with pytest.raises(Stop):
        exec(code, {})
    lines = (tmp_path / "topic.jsonl").read_text().splitlines()
    assert [json.loads(line)["candid"] for line in lines] == [p["candid"] for p in sent]
    assert (tmp_path / "topic.txt").read_text().count("\n") == len(sent)
