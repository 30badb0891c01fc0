"""Digests of the content of a table."""

import numpy as np
import pandas as pd

from sklearn_sn.distributed._content import content_digest


def test_does_not_depend_on_the_memory(light_curves):
    X = light_curves[0]
    whole = content_digest(X.iloc[5:20])
    assert content_digest(X.iloc[5:20].copy()) == whole
    assert content_digest(pd.concat([X.iloc[5:9], X.iloc[9:20]])) == whole


def test_depends_on_every_value(light_curves):
    X = light_curves[0].iloc[:4]
    changed = [
        X.iloc[::-1],
        X.set_axis([*X.index[:3], "other"]),
        X.rename(columns={"redshift": "z"}),
        X.assign(redshift=np.nextafter(X["redshift"], 1.0)),
        X.assign(light_curve=X["light_curve"].iloc[[0, 1, 2, 2]].set_axis(X.index)),
        X.iloc[:3],
    ]
    assert len({content_digest(table) for table in [X, *changed]}) == 1 + len(changed)


def test_images_count_too():
    images = [np.zeros((1, 4, 4), dtype=np.float32), None]
    table = pd.DataFrame({"image": pd.Series(images, dtype=object)})
    other = table.copy()
    other.at[0, "image"] = images[0] + 1
    assert content_digest(table) == content_digest(table.copy())
    assert content_digest(table) != content_digest(other)
