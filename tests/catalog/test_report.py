"""Pages about classified objects."""

import sys
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.catalog import classify, report
from sklearn_sn.catalog._report import _write
from sklearn_sn.plotting import SpectrumDisplay


class Elements(HTMLParser):
    """Names and attributes of the elements of a page."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def page(objects, models, with_known, tmp_path):
    X = objects.iloc[[0, 3, 5, 6]].copy()
    X.index = ["SN <script>alert(1)</script>", 'a" onload="x', "SN 2099c", "SN 2099d"]
    table = classify(X, models=models)
    path = report(X, tmp_path / "page.html", table=table, title="<b>", models=models)
    return path.read_text(encoding="utf-8")


def test_names_are_escaped_and_nothing_is_loaded(page):
    elements = Elements(page).found
    tags = [tag for tag, _ in elements]
    assert "script" not in tags and tags.count("section") == 4
    assert "SN &lt;script&gt;" in page and "&lt;b&gt;" in page
    assert not any(name.startswith("on") for _, attrs in elements for name in attrs)
    sources = [attrs[key] for _, attrs in elements for key in ("src", "href") if key in attrs]
    assert all(source.startswith(("data:image/png;base64,", "#")) for source in sources)
    assert "http" not in page


def test_objects_have_figures_bars_and_a_place(page):
    elements = Elements(page).found
    # Both; light curve; spectrum; nothing.
    assert sum(tag == "img" for tag, _ in elements) == 4
    classes = [attrs.get("class") for _, attrs in elements]
    assert classes.count("mark") == 3 and classes.count("map") == 4
    assert classes.count("bar") >= 3
    assert "url(data:image/png" in page


@pytest.mark.parametrize(
    ("source", "error", "title"),
    [
        ("given", np.nan, "z = 0.0312"),
        ("spectrum", 0.01, "Lines at the estimated redshift,  z = 0.0312"),
        ("spectrum", 0.0101, ""),
        ("light_curve", 0.05, ""),
        ("light_curve", np.nan, ""),
        (None, None, ""),
    ],
)
def test_lines_are_drawn_at_known_redshifts_alone(
    objects, models, tmp_path, monkeypatch, source, error, title
):
    drawn = []

    def plot(display, ax):
        drawn.append(plotted(display, ax=ax))
        return drawn[-1]

    plotted = SpectrumDisplay.plot
    monkeypatch.setattr(SpectrumDisplay, "plot", plot)
    X = objects.iloc[[5]]  # a spectrum alone
    table = pd.DataFrame({"class": ["SN Ia"]}, index=X.index)
    if error is not None:
        table = table.assign(redshift=0.0312, redshift_err=error, redshift_source=source)
    report(X, tmp_path / "p.html", table=table, models=models | {"contrastive-sim": None})
    (display,) = drawn
    assert display.ax_.get_title() == title
    # The axis of wavelengths at rest belongs to the lines.
    assert bool(display.ax_.child_axes) == bool(title)


def test_only_the_first_objects_are_shown(objects, models, tmp_path):
    models = models | {"contrastive-sim": None}
    path = report(objects, tmp_path / "p.html", models=models, max_objects=1)
    text = path.read_text(encoding="utf-8")
    assert "the first 1 of 12 objects" in text and text.count("<section") == 1
    assert 'class="map"' not in text


def test_a_table_of_other_rows_is_rejected(objects, models, tmp_path):
    table = classify(objects.iloc[:2], models=models, n_neighbors=0)
    with pytest.raises(ValueError, match="one row per object"):
        report(objects, tmp_path / "p.html", table=table)


def test_a_table_of_other_names_is_rejected(objects, models, tmp_path):
    table = classify(objects.iloc[:2], models=models, n_neighbors=0)
    with pytest.raises(ValueError, match="Row 0 is 'sim-000100' in X and 'sim-000101' in table"):
        report(objects.iloc[:2], tmp_path / "p.html", table=table.iloc[::-1])
    assert not list(tmp_path.iterdir())


def test_a_path_that_cannot_be_written_is_named_first(objects, tmp_path):
    # Without models, so that the work would fail.
    with pytest.raises(FileNotFoundError, match=r"The folder of '.*none/p\.html' does not exist"):
        report(objects, tmp_path / "none" / "p.html", models={"types": None})
    with pytest.raises(IsADirectoryError, match="is a folder"):
        report(objects, tmp_path, models={"types": None})


def test_errors_of_writing_name_the_page(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        _write(tmp_path / "none" / "p.html", "text")
    assert error.value.filename == str(tmp_path / "none" / "p.html")


def test_matplotlib_is_asked_for(objects, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"sklearn-sn\[plot\]"):
        report(objects, tmp_path / "p.html")
