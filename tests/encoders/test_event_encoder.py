"""The base of encoders of events."""

import pytest

from sklearn_sn.encoders import DataSettings, EventTransformer, Informer


@pytest.mark.parametrize("cls", [EventTransformer, Informer])
def test_all_parameters_reach_the_preprocessor(cls):
    preprocessor = cls(
        amplitude=False,
        time_origin="first",
        max_points=9,
        days_before=5.0,
        noise_augmentation=False,
        augmentation=False,
        band_encoding="embedding",
        flux_transform="log",
        relative_flux=False,
        merge_hours=None,
        color_days=1.0,
        truncation=0.25,
    ).make_preprocessor(DataSettings())
    assert vars(preprocessor) == {
        "amplitude": False,
        "time_origin": "first",
        "max_points": 9,
        "days_before": 5.0,
        "noise": False,
        "augmentation": False,
        "band_encoding": "embedding",
        "flux_transform": "log",
        "relative_flux": False,
        "merge_hours": None,
        "color_days": 1.0,
        "truncation": 0.25,
    }


@pytest.mark.parametrize("cls", [EventTransformer, Informer])
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"merge_hours": 0.0}, "'merge_hours' parameter of"),
        ({"truncation": 1.5}, "'truncation' parameter of"),
        ({"flux_transform": "mag"}, "'flux_transform' parameter of"),
        ({"d_model": 30}, "must be even and a multiple of 'n_heads'"),
    ],
)
def test_invalid_parameters(cls, params, message):
    with pytest.raises(ValueError, match=message):
        cls(**params).check()
