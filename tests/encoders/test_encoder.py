"""What every encoder obeys, found by discovery."""

import inspect
import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone

import sklearn_sn.encoders as package
from sklearn_sn.data import check_table, phase_frame
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import (
    MODALITIES,
    DataSettings,
    DeepSets,
    Encoder,
    MetadataEncoder,
    SpectralFeatures,
    WindowedLightCurveEncoder,
)
from sklearn_sn.encoders._encoder import ENCODERS
from sklearn_sn.modules import ConfigurableModule
from sklearn_sn.nets import TableDataset
from sklearn_sn.preprocessors import PointSetPreprocessor

SETTINGS = DataSettings(metadata_columns=("redshift", "brightness"), sky_columns=("ra", "dec"))
# Sizes at which a network takes milliseconds.
TINY = {
    "d_model": 8,
    "n_heads": 2,
    "n_layers": 1,
    "d_feedforward": 8,
    "n_bins": 48,
    "latent_dim": 6,
    "n_tokens": 2,
    "token_dim": 3,
    "n_features": 6,
    "widths": (4, 4),
    "max_points": 30,
    "size": 4,
}
# Sizes of classes whose parameters have other values than elsewhere.
OWN_SIZES = {
    "SpectraNet": {"kernels": ((3, 9), (3,)), "size": "small"},
    "GalSpecNet": {"kernels": (3, 3)},
    "SpectralFeatures": {"kernels": (5, 3)},
    "ConvNeXtImage": {"size": "small", "depths": (1, 1), "patch": 2},
    "PatchSpectrumTransformer": {"size": "small"},
    "ResNetImage": {"size": "small"},
}


def every_encoder():
    named = [
        cls for group in ENCODERS.values() for cls in group.values() if issubclass(cls, Encoder)
    ]
    return [*named, SpectralFeatures]


def tiny(cls):
    names = inspect.signature(cls).parameters
    sizes = {**TINY, **OWN_SIZES.get(cls.__name__, {})}
    return cls(**{name: value for name, value in sizes.items() if name in names})


each = pytest.mark.parametrize("cls", every_encoder(), ids=lambda cls: cls.__name__)


@pytest.fixture(scope="module")
def table():
    X, _ = make_supernovae(24, n_spectra=(1, 2), random_state=0)
    images = list(np.random.default_rng(0).normal(size=(24, 2, 9, 9)))
    X = X.assign(image=pd.Series(images, index=X.index, dtype=object))
    X["brightness"] = np.linspace(-1.0, 1.0, 24)
    columns = ["redshift", "brightness", "ra", "dec"]
    return check_table(X, metadata_columns=columns, warn=False)


def assembled(encoder, table):
    """Return module and tensors of all objects, in one chunk."""
    preprocessor = encoder.make_preprocessor(SETTINGS)
    extra = ()
    if isinstance(preprocessor, PointSetPreprocessor):
        extra = (phase_frame(table, rest=False),)
    prepared = preprocessor.fit(table, *extra).prepare(table, *extra)
    dataset = TableDataset({"part": preprocessor}, {"part": prepared})
    (tensors,) = dataset.gather(np.arange(24), "cpu").tensors["part"]
    tensors.pop("moved", None)  # which the module of templates uses, not the encoder
    return encoder.make_module(preprocessor), tensors


def test_the_package_knows_them_all():
    public = {
        cls
        for cls in vars(package).values()
        if isinstance(cls, type) and issubclass(cls, Encoder) and "make_module" in vars(cls)
    }
    custom = {cls for cls in public if cls.__name__.startswith("Custom")}
    assert public - custom - {Encoder} <= set(every_encoder())
    assert {len(ENCODERS[modality]) > 0 for modality in MODALITIES} == {True}
    for modality in MODALITIES:
        for name, cls in ENCODERS[modality].items():
            assert cls.modality == modality and cls.name == name


@each
def test_parameters_are_kept_and_cloned(cls):
    encoder = tiny(cls)
    encoder.check()
    again = clone(encoder)
    assert again is not encoder and again.get_params() == encoder.get_params()
    assert eval(repr(encoder), {cls.__name__: cls}).get_params() == encoder.get_params()
    assert pickle.loads(pickle.dumps(encoder)).get_params() == encoder.get_params()
    kinds = {p.kind for p in inspect.signature(cls).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}
    with pytest.raises(TypeError, match="d_modell"):
        cls(d_modell=3)


@each
def test_default_parameters_are_valid(cls):
    cls().check()
    assert cls().get_params() == {
        n: p.default for n, p in inspect.signature(cls).parameters.items()
    }


@each
def test_an_invalid_parameter_is_named(cls):
    for name, value in (
        ("d_model", 0),
        ("n_layers", 2.5),
        ("latent_dim", -1),
        ("dropout", 1.0),
        ("augmentation", "yes"),
        ("max_points", 1),
        ("n_bins", 1),
        ("pooling", "sum"),
        ("grid", "square"),
        ("max_crop", 0.5),
        ("channels", ("colour",)),
        ("time_window", (5.0, 10.0)),
        ("precision", "int8"),
    ):
        if name in inspect.signature(cls).parameters:
            with pytest.raises(ValueError, match=f"{name!r} parameter of {cls.__name__}"):
                cls(**{name: value}).check()


@each
def test_the_module_encodes_the_tensors_of_the_preprocessor(cls, table):
    encoder = tiny(cls)
    module, tensors = assembled(encoder, table)
    out = module.eval()(**tensors)
    n = len(next(iter(tensors.values())))
    assert out.shape[:2] == (n, 6) and module.output_dim == 6
    assert out.ndim == (3 if encoder.gives_features_per_bin else 2)
    assert out.isfinite().all() and out.dtype == torch.float32
    assert out.flatten(1).std(dim=0).max() > 1e-4  # it tells objects apart
    torch.testing.assert_close(module(**tensors), out, rtol=0, atol=0)


@each
def test_rows_do_not_see_each_other(cls, table):
    module, tensors = assembled(tiny(cls), table)
    module.eval()
    with torch.no_grad():
        whole = module(**tensors)
        some = torch.tensor([5, 2, 11])
        part = {k: v if k == "wavelength" else v[some] for k, v in tensors.items()}
        torch.testing.assert_close(module(**part), whole[some], atol=1e-5, rtol=1e-4)


@each
def test_all_weights_learn(cls, table):
    module, tensors = assembled(tiny(cls), table)
    module.train()(**tensors).square().sum().backward()
    without = [name for name, p in module.named_parameters() if p.grad is None]
    assert not without
    assert all(p.grad.isfinite().all() for p in module.parameters())


@each
def test_a_module_can_be_built_again(cls, table):
    module, tensors = assembled(tiny(cls), table)
    assert isinstance(module, ConfigurableModule)
    again = type(module)(**module.config)
    again.load_state_dict(module.state_dict())
    torch.testing.assert_close(again.eval()(**tensors), module.eval()(**tensors), rtol=0, atol=0)


@each
def test_the_first_block_is_a_part_of_the_module(cls, table):
    module, _ = assembled(tiny(cls), table)
    inside = {id(part) for part in module.modules()}
    if not hasattr(module, "first_block"):
        assert cls is SpectralFeatures
        return
    first = module.first_block()
    assert first and all(id(part) in inside for part in first)
    count = sum(p.numel() for part in first for p in part.parameters())
    assert 0 < count < sum(p.numel() for p in module.parameters())


@each
def test_the_same_seed_builds_the_same_weights(cls, table):
    encoder = tiny(cls)
    modules = []
    for _ in range(2):
        torch.manual_seed(7)
        modules.append(assembled(encoder, table)[0].state_dict())
    assert all(torch.equal(modules[0][name], modules[1][name]) for name in modules[0])


@each
def test_nothing_is_changed_by_use(cls, table):
    encoder = tiny(cls)
    before = encoder.get_params()
    assembled(encoder, table)
    assert encoder.get_params() == before
    assert set(vars(encoder)) == set(before)  # no fitted state


# The base --------------------------------------------------------------------


def test_a_class_announces_itself_by_its_name():
    class Constant(MetadataEncoder, name="constant of a test"):
        value: float = 1.0

    try:
        assert ENCODERS["metadata"]["constant of a test"] is Constant
        assert Constant.modality == "metadata"

        class Nameless(Constant):
            other: int = 2

        assert Nameless.name is None
        assert Nameless().get_params() == {"other": 2, "value": 1.0}
        with pytest.raises(ValueError, match="'value' parameter of Nameless"):
            Nameless(value=-1.0).check()
    finally:
        del ENCODERS["metadata"]["constant of a test"]


def test_the_base_builds_nothing():
    with pytest.raises(NotImplementedError):
        Encoder().make_module(None)
    with pytest.raises(NotImplementedError):
        Encoder().make_preprocessor(SETTINGS)


def test_nested_parameters_are_set_in_place():
    encoder = DeepSets()
    assert encoder.set_params(d_model=5) is encoder and encoder.d_model == 5
    with pytest.raises(ValueError, match="Invalid parameter 'width'"):
        encoder.set_params(width=5)
    assert issubclass(DeepSets, WindowedLightCurveEncoder)


def test_settings_cannot_be_changed():
    assert DataSettings().wavelength_range == (3500.0, 9000.0)
    with pytest.raises(AttributeError):
        DataSettings().rest_frame = True
