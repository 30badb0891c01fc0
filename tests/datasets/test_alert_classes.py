import pytest

from sklearn_sn.datasets._alert_classes import COARSE, PROPORTIONS, class_counts


def test_published_samples():
    assert sum(PROPORTIONS["members"].values()) == 18245
    assert sum(PROPORTIONS["fusion"].values()) == 7410
    assert class_counts(18245, "members") == PROPORTIONS["members"]
    fine = class_counts(7410, "fusion")
    coarse = dict.fromkeys(PROPORTIONS["fusion"], 0)
    for name, count in fine.items():
        coarse[COARSE[name]] += count
    assert coarse == PROPORTIONS["fusion"]
    assert fine["SN IIP"] == round(1014 * 627 / (695 + 627 + 126 + 234))


def test_counts_are_exact():
    assert class_counts(100, ["TDE"]) == {"TDE": 100}
    assert class_counts(107, {"SN Ia": 7, "TDE": 100}) == {"SN Ia": 7, "TDE": 100}


def test_sn_ii_is_coarse_unless_a_subtype_is_named():
    assert set(class_counts(500, ["SN I", "SN II"])) >= {"SN Ib", "SN IIb"}
    assert class_counts(4, ["SN Ia", "SN II"]) == {"SN Ia": 2, "SN II": 2}


@pytest.mark.parametrize("bad", [["SN X"], [], {"CV": 0}, {"CV": -1.0}, ["CV", "CV"], {"CV": "a"}])
def test_bad_proportions_are_named(bad):
    with pytest.raises(ValueError, match="'proportions' parameter of make_alerts"):
        class_counts(10, bad)
