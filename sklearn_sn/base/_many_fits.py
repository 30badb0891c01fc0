"""Find out whether a fit is one of many, as in a search."""

import sys

# Packages and modules that fit several estimators.
_FIT_MANY = (
    "sklearn.calibration.",
    "sklearn.ensemble.",
    "sklearn.feature_selection.",
    "sklearn.inspection.",
    "sklearn.model_selection.",
    "sklearn.multiclass.",
    "sklearn.multioutput.",
    "sklearn.semi_supervised.",
    "sklearn_sn.classification._fusion_members.",
    "sklearn_sn.model_selection.",
)


def is_one_of_many_fits():
    """Return whether something calls that fits several estimators, such as a search."""
    frame = sys._getframe(1)
    while frame is not None:
        if f"{frame.f_globals.get('__name__', '')}.".startswith(_FIT_MANY):
            return True
        frame = frame.f_back
    return False
