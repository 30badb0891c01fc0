import numpy as np
import pandas as pd

from sklearn_sn.data import Ragged
from sklearn_sn.datasets._draw_alerts import Alerts, draw_alerts, image_column
from sklearn_sn.datasets._sky import distance_modulus


def drawn(images, seed=0):
    n = 6
    time = np.tile(59000.0 + np.arange(5.0), n)
    fields = {"time": time, "band": pd.Categorical(np.tile(["ztfg", "ztfr"], 15))}
    fields |= {"flux": np.full(30, 100.0), "flux_err": np.full(30, 8.0)}
    fields["limit"] = np.full(30, 30.0)
    curves = Ragged.from_groups(np.repeat(np.arange(n), 5), n, fields)
    objects = pd.DataFrame({"class": np.full(n, "SN Ia"), "redshift": np.full(n, 0.05)})
    objects["distance_modulus"] = distance_modulus(objects["redshift"].to_numpy())
    objects["ebv"], objects["peak_abs_mag"] = 0.05, -19.0
    objects["ra"], objects["dec"], objects["gal_b"] = 100.0, 20.0, 40.0
    rng = np.random.default_rng(seed)
    return draw_alerts(objects, curves, rng, max_alerts=3, images=images)


def test_cutouts_do_not_change_the_metadata():
    with_images, without = drawn(True), drawn(False)
    assert without.images is None and with_images.images.shape == (18, 3, 63, 63)
    pd.testing.assert_frame_equal(with_images.metadata, without.metadata, check_exact=True)
    pd.testing.assert_frame_equal(with_images.epochs, without.epochs, check_exact=True)


def test_alerts_of_an_object_share_its_surroundings():
    alerts = drawn(True)
    grouped = alerts.metadata.groupby(alerts.epochs["row"].to_numpy())
    for name in ("sgscore1", "distpsnr2", "nmtchps", "chinr"):
        assert (grouped[name].nunique() <= 1).all(), name
    reference = alerts.images[:, 1] - np.nanmedian(alerts.images[:, 1], axis=(1, 2))[:, None, None]
    reference = np.nan_to_num(reference).reshape(6, 3, -1)
    same = [np.corrcoef(one)[0, 1] for one in reference]
    other = [np.corrcoef(reference[i, 0], reference[i - 1, 0])[0, 1] for i in range(6)]
    assert np.median(same) > np.median(other) + 0.1


def test_take_and_concatenate_undo_each_other():
    alerts = drawn(True)
    parts = [alerts.take(slice(0, 5)), alerts.take(slice(5, None))]
    joined = Alerts.concatenate(parts)
    pd.testing.assert_frame_equal(joined.metadata, alerts.metadata)
    np.testing.assert_array_equal(joined.images, alerts.images)
    assert Alerts.concatenate([drawn(False).take(slice(0, 5))]).images is None


def test_image_column_holds_one_array_per_row():
    images = drawn(True).images
    column = image_column(images, pd.RangeIndex(18))
    assert column.dtype == object and column.iloc[3].shape == (3, 63, 63)
    np.testing.assert_array_equal(column.iloc[3], images[3])
