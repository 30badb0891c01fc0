"""Real ZTF alerts, written as Avro packets, are scored end to end."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from sklearn_sn import LateFusionClassifier, LightCurveClassifier
from sklearn_sn.alerts import score_alerts, suggest_follow_up
from sklearn_sn.datasets import read_alerts
from tests.datasets.alert_files import avro
from tests.datasets.test_alert_table import DATA, real_packets

ABSENT = ["sgscore2", "distpsnr2", "chinr", "sharpnr", "sky", "scorr", "nmtchps"]


@pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the real alerts in {DATA}")
def test_real_alerts_end_to_end():
    packets = [packet for packet, *_ in real_packets(None)]
    X = read_alerts(packets, per="alert", images=False)
    assert len(X) > 200
    absent = [name for name in ABSENT if X[name].isna().all()]
    assert absent == ABSENT
    # A model that was trained where these columns had values.
    rng = np.random.default_rng(0)
    y = np.where(X["magpsf"] < X["magpsf"].median(), "bright", "faint")
    X_train = X.assign(**{name: rng.normal(size=len(X)) for name in ABSENT}, spectrum=None)
    curve = LightCurveClassifier(encoder="deep_sets", max_epochs=2, random_state=0)
    metadata = HistGradientBoostingClassifier(max_iter=5)
    members = [("curve", curve, "light_curve"), ("metadata", metadata, ["magpsf", *ABSENT])]
    model = LateFusionClassifier(members).fit(X_train, y)

    stream = score_alerts(model, (avro([packet]) for packet in packets), batch_size=64)
    scores = list(stream)
    assert [score.candid for score in scores] == [packet["candid"] for packet in packets]
    assert stream.report.n_skipped == stream.report.n_duplicates == 0
    assert not any("EMPTY" in score.quality for score in scores)
    right = [s.most_probable == y[X.index.get_loc(s.candid)] for s in scores]
    assert np.mean(right) > 0.9
    table = X.assign(spectrum=None)
    expected = model.predict_proba(table)[X.index.get_indexer([s.candid for s in scores])]
    found = np.array([[*s.probabilities.values()] for s in scores])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert len(suggest_follow_up(model, table, n_objects=10)) == 10
