"""What every preprocessor obeys, whatever its modality."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, check_table, phase_frame
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.nets import BatchLoader, TableDataset
from sklearn_sn.preprocessors import (
    CutoutPreprocessor,
    FluxArray,
    FluxImagePreprocessor,
    GroupedMetadataPreprocessor,
    ImagePixels,
    ImagePreprocessor,
    ImageViewsPreprocessor,
    LightCurveEventPreprocessor,
    LightCurvePoints,
    LightCurvePreprocessor,
    LightCurveSequencePreprocessor,
    MaskedEventPreprocessor,
    MaskedSpectrumPreprocessor,
    MetadataNumbers,
    MetadataPreprocessor,
    PatchSpectrumPreprocessor,
    PointSetPreprocessor,
    Preprocessor,
    ShiftedSpectrumPreprocessor,
    SpectrumPixels,
    SpectrumPreprocessor,
)

GRID = {"wavelength_range": (3500.0, 9000.0), "n_bins": 32}
PHASES = {"phase_range": (-30.0, 100.0), "augmentation": True}
KINDS = {
    "light_curve": LightCurvePreprocessor(),
    "light_curve embedding": LightCurvePreprocessor(band_encoding="embedding"),
    "sequence": LightCurveSequencePreprocessor(),
    "events": LightCurveEventPreprocessor(),
    "masked events": MaskedEventPreprocessor(
        LightCurveEventPreprocessor(), mask_fraction=0.3, max_days=100.0
    ),
    "spectrum": SpectrumPreprocessor(**GRID),
    "shifted spectrum": ShiftedSpectrumPreprocessor(**GRID, max_shift=0.1),
    "patches": PatchSpectrumPreprocessor(**GRID),
    "masked spectrum": MaskedSpectrumPreprocessor(
        PatchSpectrumPreprocessor(**GRID), n_segments=2, segment_length=1, window=4, stride=2
    ),
    "image": ImagePreprocessor(),
    "flux image": FluxImagePreprocessor(crop=7),
    "image views": ImageViewsPreprocessor(
        FluxImagePreprocessor(crop=7),
        extinction=np.array([1.0, 2.0]),
        reddening=0.1,
        rotation="any",
        size_scaling=0.1,
        blur=1.0,
        jitter=1.0,
        noise=0.5,
    ),
    "cutout": CutoutPreprocessor(crop=7, sky_columns=["redshift", "t_peak"]),
    "metadata": MetadataPreprocessor(columns=["redshift", "survey"]),
    "grouped metadata": GroupedMetadataPreprocessor(
        columns=["redshift", "survey"], angles=["redshift"]
    ),
    "light_curve points": LightCurvePoints(max_points=50, amplitude=True, **PHASES),
    "spectrum points": SpectrumPixels(
        wavelength_range=(3500.0, 9000.0),
        normalization_range=(4000.0, 7000.0),
        max_pixels=50,
        n_drawn=1,
        **PHASES,
    ),
    "image points": ImagePixels(size=4, augmentation=True),
    "metadata points": MetadataNumbers(columns=["redshift", "t_peak"], augmentation=True),
}
each = pytest.mark.parametrize("kind", list(KINDS))


@pytest.fixture(scope="module")
def table():
    X, _ = make_supernovae(40, n_spectra=(1, 3), missing_fraction=0.3, random_state=0)
    images = np.random.default_rng(0).normal(size=(40, 2, 9, 9))
    images = [None if i % 5 == 0 else image for i, image in enumerate(images)]
    redshift = X["redshift"].where(np.arange(40) % 7 != 0)
    X = X.assign(image=pd.Series(images, index=X.index, dtype=object), redshift=redshift)
    X["t_peak"] = 60000.0 + np.arange(40.0)
    return check_table(X, metadata_columns=["redshift", "survey", "t_peak"], warn=False)


def prepared_as(kind, table):
    """A fitted preprocessor, and what it makes of the table."""
    preprocessor, extra = KINDS[kind], ()
    if isinstance(preprocessor, PointSetPreprocessor):
        extra = (phase_frame(table, rest=False),)
    preprocessor.fit(table, *extra)
    return preprocessor, preprocessor.prepare(table, *extra)


def test_no_preprocessor_is_forgotten():
    import sklearn_sn.preprocessors as package

    every = {
        value
        for value in vars(package).values()
        if isinstance(value, type) and issubclass(value, Preprocessor)
    }
    assert every - {Preprocessor, PointSetPreprocessor} == {type(part) for part in KINDS.values()}


@each
def test_gather_does_not_change_what_is_prepared(table, kind):
    preprocessor, prepared = prepared_as(kind, table)
    before, _ = preprocessor.gather(prepared, np.arange(10))
    before = {name: value.copy() for name, value in before.items()}
    preprocessor.gather(prepared, np.arange(10), np.random.default_rng(0))
    after, _ = preprocessor.gather(prepared, np.arange(10))
    assert set(before) == set(after)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])


@each
def test_prepare_does_not_change_the_table_and_is_repeatable(table, kind):
    _, one = prepared_as(kind, table)
    _, two = prepared_as(kind, table)
    np.testing.assert_array_equal(one.lengths, two.lengths)
    for name, value in vars(one).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, vars(two)[name])


@each
@pytest.mark.parametrize("training", [False, True])
def test_arrays_are_finite_and_indexed(table, kind, training):
    preprocessor, prepared = prepared_as(kind, table)
    rows = np.array([7, 3, 20, 11, 0, 5])
    rng = np.random.default_rng(0) if training else None
    arrays, object_index = preprocessor.gather(prepared, rows, rng)
    with_any = np.flatnonzero(prepared.lengths[rows] > 0)
    np.testing.assert_array_equal(np.unique(object_index), with_any)
    for name, value in arrays.items():
        assert len(value) == len(object_index) or name == "wavelength"
        assert value.dtype in (np.float32, np.int64, bool), name
        assert np.isfinite(value).all(), name


@each
def test_rows_are_gathered_as_alone(table, kind):
    preprocessor, prepared = prepared_as(kind, table)
    arrays, object_index = preprocessor.gather(prepared, np.arange(40))
    for row in np.flatnonzero(prepared.lengths)[:4]:
        alone, index = preprocessor.gather(prepared, np.array([row]))
        assert (index == 0).all()
        for name, value in alone.items():
            whole = arrays[name] if name == "wavelength" else arrays[name][object_index == row]
            if value.ndim > 1 and name != "flux":  # cut to the length of the row
                whole = whole[:, : value.shape[1]]
            # Interpolation of images rounds differently in larger batches on some processors.
            atol = 1e-6 if kind == "image views" else 0.0
            np.testing.assert_allclose(value, whole, rtol=0, atol=atol)


@each
def test_the_same_seed_draws_the_same_batch(table, kind):
    preprocessor, prepared = prepared_as(kind, table)
    one, two = (
        preprocessor.gather(prepared, np.arange(20), np.random.default_rng(3))[0] for _ in range(2)
    )
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])


# Devices other than the CPU -------------------------------------------------


@each
@pytest.mark.parametrize("training", [False, True])
def test_a_batch_can_go_to_another_device(table, kind, training):
    preprocessor, prepared = prepared_as(kind, table)
    targets = {"targets": np.arange(40)}
    dataset = TableDataset({"part": preprocessor}, {"part": prepared}, targets)
    rng = np.random.default_rng(0) if training else None
    batch = dataset.gather(np.arange(40), "meta", rng)
    here = dataset.gather(np.arange(40), "cpu", np.random.default_rng(0) if training else None)
    (chunk,) = batch.tensors["part"]  # one chunk, whatever the lengths
    parts = [*chunk.values(), batch.object_index["part"], batch.present["part"]]
    parts.append(batch.targets["targets"])
    assert all(part.device.type == "meta" for part in parts)
    assert {name: value.dtype for name, value in chunk.items()} == {
        name: value.dtype for name, value in here.tensors["part"][0].items()
    }
    assert len(batch) == 40 and batch.object_index["part"].shape == here.object_index["part"].shape


@each
def test_a_thread_gathers_the_batches_of_another_device(table, kind):
    preprocessor, prepared = prepared_as(kind, table)
    dataset = TableDataset({"part": preprocessor}, {"part": prepared})
    for training in (False, True):
        loader = BatchLoader(dataset, 16, training=training, device="meta")
        batches = list(loader)
        assert len(batches) == len(loader) == 3
        positions = np.concatenate([positions for _, positions in batches])
        np.testing.assert_array_equal(np.sort(positions), np.arange(40))
        for batch, _ in batches:
            chunks = batch.tensors.get("part", ())
            assert all(value.is_meta for chunk in chunks for value in chunk.values())


def test_arrays_go_to_another_device():
    array = FluxArray(np.random.default_rng(0).normal(size=(4, 32)), np.arange(32.0), range(4))
    preprocessor = SpectrumPreprocessor(**GRID).fit(array)
    dataset = TableDataset({"spectrum": preprocessor}, {"spectrum": preprocessor.prepare(array)})
    assert dataset.gather(np.arange(4), "meta").tensors["spectrum"][0]["flux"].is_meta


def test_a_table_without_points_gathers_nothing():
    empty = Ragged({"time": [], "band": [], "flux": [], "flux_err": []}, [0, 0, 0])
    X = pd.DataFrame({"light_curve": empty.to_nested()})
    table = check_table(X, modalities=["light_curve"], warn=False)
    preprocessor = LightCurvePreprocessor().fit(table)
    arrays, object_index = preprocessor.gather(preprocessor.prepare(table), np.arange(2))
    assert len(object_index) == 0 and len(arrays["values"]) == 0
    assert (preprocessor.amplitude_mean_, preprocessor.amplitude_scale_) == (0.0, 1.0)
