"""scikit-learn tags of the cross-modal estimators."""


def tag_tables_only(tags):
    """Declare that an estimator reads tables with nested columns and rejects plain 2-D arrays.

    Parameters
    ----------
    tags : sklearn.utils.Tags
        Tags of the base class. They are modified in place.

    Returns
    -------
    sklearn.utils.Tags
        The same object.
    """
    tags.input_tags.two_d_array = False
    tags.input_tags.string = True
    tags.input_tags.allow_nan = True
    return tags
