"""Sphinx configuration."""

import os
import re
import warnings

# Small batches gain little from a second thread, and are slow when other jobs use the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TQDM_DISABLE", "1")

from sklearn_sn import __version__

project = "sklearn-sn"
author = "The sklearn-sn developers"
copyright = author
release = version = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_templates"]
default_role = "literal"
nitpicky = False
# The bibliography is complete for the docstrings; not every entry is cited by a page.
suppress_warnings = ["ref.citation"]

autosummary_generate = True
autodoc_typehints = "none"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"plot_",
    "ignore_pattern": r"(^|[/\\])(_\w+|demo)\.py$",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    # Show tables, but not the return values of matplotlib.
    "capture_repr": ("_repr_html_",),
    "within_subsection_order": "FileNameSortKey",
    "min_reported_time": 1000,
}
# The examples train small models on purpose.
warnings.filterwarnings("ignore", message=".* is trained from scratch on")
# The gallery uses the Agg backend.
warnings.filterwarnings("ignore", message=".*FigureCanvasAgg is non-interactive.*")

html_theme = "pydata_sphinx_theme"
html_title = "sklearn-sn"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_show_sourcelink = False
html_theme_options = {
    "navbar_align": "left",
    "navigation_with_keys": False,
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"install": [], "architecture": [], "references": []}


def _without_links_of_others(app, what, name, obj, options, lines):
    """Replace links in inherited docstrings: scikit-learn's pages are not part of these docs."""
    if getattr(obj, "__module__", "").startswith("sklearn."):
        link = r":(?:ref|term):`([^`<]+?)(?:\s*<[^>]+>)?`"
        lines[:] = [re.sub(link, r"\1", line) for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", _without_links_of_others)
