"""The transformer of light curves: padding, order, bands."""

import pytest
import torch

from sklearn_sn.data import check_table
from sklearn_sn.encoders import DataSettings, LightCurveTransformer
from sklearn_sn.encoders._light_curve_transformer import LightCurveTransformerModule
from tests.encoders.points import light_curves, padded


@pytest.mark.parametrize("pooling", ["mean", "attention"])
@pytest.mark.parametrize("norm_first", [False, True])
def test_light_curve_ignores_padding_and_order(pooling, norm_first):
    encoder = LightCurveTransformerModule(
        n_values=3, d_model=16, n_heads=4, n_layers=2, pooling=pooling, norm_first=norm_first
    ).eval()
    tensors = light_curves()
    expected = encoder(**tensors)
    assert expected.shape == (3, 32)
    torch.testing.assert_close(encoder(**padded(tensors)), expected, atol=1e-5, rtol=1e-5)
    order = torch.randperm(7)
    shuffled = {name: value[:, order] for name, value in tensors.items()}
    torch.testing.assert_close(encoder(**shuffled), expected, atol=1e-5, rtol=1e-5)


def test_light_curve_sees_time_band_and_flux():
    encoder = LightCurveTransformerModule(n_values=3, d_model=16, n_heads=4, n_layers=1).eval()
    tensors = light_curves()
    expected = encoder(**tensors)
    for name in ("values", "time", "log_wavelength"):
        changed = {**tensors, name: tensors[name] + 0.5}
        assert (encoder(**changed) - expected).abs().max() > 1e-4


def test_rows_of_padding_stay_finite():
    encoder = LightCurveTransformerModule(
        n_values=3, d_model=16, n_heads=4, n_layers=1, pooling="attention"
    )
    tensors = light_curves()
    tensors["pad_mask"][1] = True
    out = encoder(**tensors)
    out.sum().backward()
    assert torch.isfinite(out).all()
    assert all(torch.isfinite(p.grad).all() for p in encoder.parameters() if p.grad is not None)


def test_new_bands_copy_the_nearest():
    encoder = LightCurveTransformerModule(
        n_values=3, d_model=16, n_heads=4, n_layers=1, n_bands=2
    ).eval()
    tensors = light_curves()
    del tensors["log_wavelength"]
    old = encoder(**tensors, band=torch.ones(3, 7, dtype=torch.long))
    encoder.add_bands(torch.tensor([1]))
    new = encoder(**tensors, band=torch.full((3, 7), 2))
    torch.testing.assert_close(new, old)


def test_added_bands_are_in_the_configuration():
    encoder = LightCurveTransformerModule(n_values=3, d_model=16, n_layers=1, n_bands=2)
    encoder.add_bands(torch.tensor([1, 0, 1]))
    assert encoder.n_bands == encoder.config["n_bands"] == 5
    again = LightCurveTransformerModule(**encoder.config)
    again.load_state_dict(encoder.state_dict())
    assert encoder.band.weight.requires_grad


@pytest.mark.parametrize("band_encoding", ["wavelength", "embedding"])
@pytest.mark.parametrize("errors", [True, False])
def test_parameters_reach_preprocessor_and_module(supernovae, band_encoding, errors):
    table = check_table(supernovae[0], modalities=["light_curve"])
    encoder = LightCurveTransformer(
        d_model=8,
        n_heads=2,
        n_layers=1,
        latent_dim=5,
        pooling="max",
        dropout=0.3,
        max_period=50.0,
        band_encoding=band_encoding,
        errors=errors,
        amplitude=False,
        time_window=(-5.0, 9.0),
        max_points=17,
    )
    encoder.check()
    preprocessor = encoder.make_preprocessor(DataSettings()).fit(table)
    assert preprocessor.band_encoding == band_encoding and preprocessor.max_points == 17
    assert preprocessor.time_window == (-5.0, 9.0)
    module = encoder.make_module(preprocessor)
    assert module.config == {
        "n_values": 1 + errors,
        "n_bands": None if band_encoding == "wavelength" else len(preprocessor.bands_),
        "d_model": 8,
        "n_heads": 2,
        "n_layers": 1,
        "output_dim": 5,
        "pooling": "max",
        "dropout": 0.3,
        "max_period": 50.0,
    }


@pytest.mark.parametrize(("d_model", "n_heads"), [(15, 4), (9, 3)])
def test_heads_must_divide_an_even_width(d_model, n_heads):
    with pytest.raises(ValueError, match="'d_model' parameter of LightCurveTransformer must be ev"):
        LightCurveTransformer(d_model=d_model, n_heads=n_heads).check()
