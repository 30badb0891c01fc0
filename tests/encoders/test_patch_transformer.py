"""The patch transformer of spectra."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from sklearn_sn import SpectraNetClassifier
from sklearn_sn.data import as_ragged, check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import DataSettings, PatchSpectrumTransformer
from sklearn_sn.modules import MaskedSpectrumModule
from sklearn_sn.preprocessors import PatchSpectrumPreprocessor

TINY = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=2, n_bins=128)
PUBLISHED = PatchSpectrumTransformer(
    size="base", positions="learned", grid="linear", wavelength_range=(3599.6, 9824.4)
)


def module_of(encoder, n_bins=128):
    preprocessor = PatchSpectrumPreprocessor(
        wavelength_range=(3500.0, 9000.0), n_bins=n_bins, channels=("flux",)
    )
    torch.manual_seed(0)
    return encoder.make_module(preprocessor).eval()


def inputs(n_bins=128, n=3, low=3500.0, high=9000.0):
    """Spectra with uncovered ends."""
    rng = np.random.default_rng(0)
    flux = rng.normal(size=(n, 1, n_bins)).astype(np.float32)
    covered = np.full((n, n_bins), True)
    covered[1, : n_bins // 3] = False
    covered[2, -n_bins // 3 :] = False
    return {
        "flux": torch.from_numpy(flux * covered[:, None]),
        "pad_mask": torch.from_numpy(~covered),
        "wavelength": torch.linspace(low, high, n_bins),
        "moments": torch.from_numpy(rng.normal(size=(n, 2)).astype(np.float32)),
    }


def test_the_published_network_has_43_million_weights():
    preprocessor = PUBLISHED.make_preprocessor(DataSettings())
    assert (preprocessor.n_bins, preprocessor.wavelength_range) == (7781, (3599.6, 9824.4))
    with torch.device("meta"):
        module = MaskedSpectrumModule(PUBLISHED.make_module(preprocessor), 1)
    assert module.encoder.position.weight.shape == (778, 768)
    assert 43.15e6 < sum(p.numel() for p in module.parameters()) < 43.25e6


def test_the_published_grid_has_steps_of_eight_tenths():
    table = check_table(make_supernovae(5, modalities=["spectrum"], random_state=0)[0])
    wavelength = PUBLISHED.make_preprocessor(DataSettings()).fit(table).wavelength_
    np.testing.assert_allclose(wavelength[[0, -1]], [3600.0, 9824.0])
    np.testing.assert_allclose(np.diff(wavelength), 0.8)


@pytest.mark.parametrize("n_layers", [2, 6])
def test_initial_weights_have_the_published_spread(n_layers):
    encoder = PatchSpectrumTransformer(d_model=128, n_heads=4, n_layers=n_layers)
    module = module_of(encoder)
    layers = [m for m in [module.embed, *module.stack.modules()] if isinstance(m, nn.Linear)]
    assert len(layers) == 1 + 4 * n_layers
    for layer in layers:
        expected = (2 * layer.in_features * n_layers) ** -0.5
        assert float(layer.weight.detach().std()) == pytest.approx(expected, rel=0.06)
        assert not layer.bias.any()


def embedded(module, arrays):
    """The inputs of the linear map of the tokens."""
    seen = []
    hook = module.embed.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    module(**arrays)
    hook.remove()
    return seen[0]


def test_the_first_token_holds_the_moments_and_the_others_the_bins():
    module, arrays = module_of(TINY), inputs()
    tokens = embedded(module, arrays)
    assert tokens.shape == (3, 13, 22)
    torch.testing.assert_close(tokens[:, 0, :2], arrays["moments"])
    assert not tokens[:, 0, 2:].any() and not tokens[:, 1:, :2].any()
    torch.testing.assert_close(tokens[:, 3, 2:], arrays["flux"][:, 0, 20:40])


def test_the_last_window_is_kept_and_completed_by_zeros():
    module, arrays = module_of(TINY), inputs()
    last = embedded(module, arrays)[:, -1, 2:]
    torch.testing.assert_close(last[:, :18], arrays["flux"][:, 0, 110:])
    assert not last[:, 18:].any()
    changed = {**arrays, "flux": arrays["flux"].clone()}
    changed["flux"][:2, 0, -1] += 3.0
    assert (module(**changed)[:2] - module(**arrays)[:2]).abs().max() > 1e-4
    # A complete last window needs no zeros, and no window after it.
    assert embedded(module_of(TINY, 130), inputs(130)).shape == (3, 13, 22)


@pytest.mark.parametrize("pooling", ["mean", "first", "cross_attention"])
@pytest.mark.parametrize("positions", ["wavelength", "learned"])
def test_one_row_alone_equals_the_row_in_a_batch(pooling, positions):
    module = module_of(clone(TINY).set_params(pooling=pooling, positions=positions, latent_dim=8))
    arrays = inputs()
    whole = module(**arrays)
    assert whole.shape == (3, 8) and module.output_dim == 8
    for row in range(3):
        one = {k: v if k == "wavelength" else v[row : row + 1] for k, v in arrays.items()}
        torch.testing.assert_close(module(**one), whole[row : row + 1], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("pooling", ["mean", "first", "cross_attention"])
def test_windows_without_a_covered_bin_do_not_count(pooling):
    """A grid that is extended beyond the spectra gives the same result."""
    module = module_of(clone(TINY).set_params(pooling=pooling))
    arrays = inputs(130)
    longer = {
        **arrays,
        "flux": nn.functional.pad(arrays["flux"], (0, 60)),
        "pad_mask": nn.functional.pad(arrays["pad_mask"], (0, 60), value=True),
        "wavelength": torch.cat([arrays["wavelength"], torch.linspace(9100, 12000, 60)]),
    }
    # Row 2 ends inside the grid; the others share bins with the first window beyond it.
    torch.testing.assert_close(module(**longer)[2], module(**arrays)[2], atol=1e-5, rtol=1e-5)
    none = {**arrays, "pad_mask": torch.full((3, 130), True), "flux": 0 * arrays["flux"]}
    assert module(**none).isfinite().all()


def test_another_instrument_gives_a_close_embedding():
    """The same light on other pixels, in another order, and in another unit of flux."""
    X, y = make_supernovae(30, modalities=["spectrum"], n_spectra=1, random_state=1)
    model = SpectraNetClassifier(
        encoder=clone(TINY).set_params(n_bins=256, amplitude=False), max_epochs=2, random_state=0
    ).fit(X, y)
    spectra = as_ragged(X["spectrum"], kind="spectrum")
    finer = [
        np.linspace(w.min(), w.max(), 3 * len(w))[::-1]
        for w in np.split(spectra["wavelength"], spectra.offsets[1:-1])
    ]
    fields = {"wavelength": np.concatenate(finer)}
    parts = zip(
        finer,
        np.split(spectra["wavelength"], spectra.offsets[1:-1]),
        np.split(spectra["flux"], spectra.offsets[1:-1]),
        strict=True,
    )
    fields["flux"] = 50.0 * np.concatenate([np.interp(new, w, f) for new, w, f in parts])
    other = type(spectra)(fields, 3 * spectra.offsets)
    Z = model.transform(X)
    Z_other = model.transform(X.assign(spectrum=other.to_nested(index=X.index)))
    spread = Z.std(axis=0).mean()
    assert np.abs(Z_other - Z).mean() < 0.15 * spread


def test_wavelengths_and_not_numbers_of_bins_place_a_window():
    module, arrays = module_of(TINY), inputs()
    moved = {**arrays, "wavelength": arrays["wavelength"] + 200.0}
    assert (module(**moved) - module(**arrays)).abs().max() > 1e-4
    learned = module_of(clone(TINY).set_params(positions="learned"))
    torch.testing.assert_close(learned(**moved), learned(**arrays))


def test_the_amplitude_is_an_input_unless_it_is_switched_off():
    table = check_table(make_supernovae(20, modalities=["spectrum"], random_state=0)[0])
    arrays = {}
    for amplitude in (True, False):
        encoder = clone(TINY).set_params(amplitude=amplitude)
        preprocessor = encoder.make_preprocessor(DataSettings()).fit(table)
        arrays[amplitude], _ = preprocessor.gather(preprocessor.prepare(table), np.arange(20))
    assert arrays[True]["moments"].std(axis=0).min() > 0.01
    assert not arrays[False]["moments"].any()


def test_attention_maps_sum_to_one_with_the_first_token():
    module, arrays = module_of(clone(TINY).set_params(pooling="cross_attention")), inputs()
    for layer, n_heads in ((0, 2), (-1, 2), (None, 4)):
        maps = module.attention_maps(**arrays, layer=layer)
        assert maps.shape == (3, n_heads, 12)
        assert (maps >= 0).all() and (maps.sum(-1) < 1).all() and (maps.sum(-1) > 0.5).all()
        assert not maps[1, :, :3].any() and maps[1, :, 4:].all()


def test_gradients_reach_every_weight():
    encoder = clone(TINY).set_params(pooling="cross_attention", positions="learned")
    module = module_of(encoder)
    module(**inputs()).square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in module.parameters())


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"stride": 21}, "'stride' parameter"),
        ({"d_model": 15}, "'d_model' parameter"),
        ({"n_heads": 3}, "'d_model' parameter"),
        ({"pooling": "cross_attention", "latent_dim": 30}, "'latent_dim' parameter"),
        ({"wavelength_range": (9000.0, 3000.0)}, "'wavelength_range' parameter"),
        ({"wavelength_range": (350.0, 900.0)}, "'wavelength_range' parameter"),
        ({"wavelength_range": (4000.0,)}, "'wavelength_range' parameter"),
    ],
)
def test_invalid_parameters(params, message):
    with pytest.raises(ValueError, match=f"{message} of PatchSpectrumTransformer"):
        clone(TINY).set_params(**params).check()
