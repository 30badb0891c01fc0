"""Combine the class probabilities of light curves and spectra."""

from dataclasses import dataclass

import numpy as np

# Subtypes count for their class where probabilities of classes are compared.
PARENTS = {"SN Ia-91bg": "SN Ia", "SN Iax": "SN Ia"}


@dataclass(frozen=True)
class ClassProbabilities:
    """Probabilities of classes; NaN for objects without any.

    Parameters
    ----------
    classes : list of str, length n_classes
        Names of classes and subtypes.
    values : array of shape (n_objects, n_classes)
        Probabilities.
    """

    classes: list[str]
    values: np.ndarray

    def parents(self):
        """Return the probabilities with those of subtypes added to their class."""
        names = [PARENTS.get(name, name) for name in self.classes]
        classes = list(dict.fromkeys(names))
        membership = np.array([[name == parent for parent in classes] for name in names])
        return ClassProbabilities(classes, self.values @ membership.astype(float))

    def best(self):
        """Return the most probable column of each object, -1 if it has none."""
        known = ~np.isnan(self.values).any(axis=1)
        best = np.full(len(self.values), -1)
        best[known] = self.values[known].argmax(axis=1)
        return best

    def best_subtype(self, parent):
        """Return the most probable column among the subtypes of a class per object.

        Parameters
        ----------
        parent : array of str, shape (n_objects,)
            Class of each object; None if it has none.

        Returns
        -------
        array of int, shape (n_objects,)
            Columns, -1 for objects without a class.
        """
        names = np.array([PARENTS.get(name, name) for name in self.classes], dtype=object)
        member = names[None, :] == np.asarray(parent, dtype=object)[:, None]
        values = np.where(member, self.values, -1.0)
        return np.where(member.any(axis=1), values.argmax(axis=1), -1)


def combine(curve, spectrum):
    """Average the probabilities of light curves and spectra.

    Parameters
    ----------
    curve, spectrum : ClassProbabilities or None
        Probabilities of the same objects, with rows of NaN for those that lack the modality.

    Returns
    -------
    ClassProbabilities
        The mean where an object has both, else those of the one that it has. A class that one of
        the models does not have has probability 0 there. A spectral class whose subtypes only the
        light-curve model has is divided among them in the proportion of the light curve.
    """
    if curve is None or spectrum is None:
        return curve or spectrum
    classes = list(dict.fromkeys([*curve.classes, *spectrum.classes]))
    left, right = (_in_columns(part, classes) for part in (curve, spectrum))
    for parent in set(PARENTS.values()):
        members = [i for i, name in enumerate(classes) if PARENTS.get(name, name) == parent]
        names = {classes[i] for i in members}
        if parent in spectrum.classes and names & set(spectrum.classes) == {parent}:
            right[:, members] = _divide(right[:, members], left[:, members], names, classes, parent)
    has_left, has_right = (~np.isnan(part).any(axis=1) for part in (left, right))
    both = has_left & has_right
    values = np.where(has_left[:, None], left, right)
    values[both] = (left[both] + right[both]) / 2
    return ClassProbabilities(classes, values)


def _in_columns(part, classes):
    """Return probabilities in the columns of `classes`."""
    values = np.zeros((len(part.values), len(classes)))
    values[:, [classes.index(name) for name in part.classes]] = part.values
    values[np.isnan(part.values).any(axis=1)] = np.nan
    return values


def _divide(total, shares, names, classes, parent):
    """Divide the probability of a class among its subtypes like `shares`; alone, it keeps it."""
    ordered = [name for name in classes if name in names]
    alone = np.array([name == parent for name in ordered], dtype=float)
    whole = shares.sum(axis=1, keepdims=True)
    usable = whole > 0  # False for NaN
    fractions = np.where(usable, shares / np.where(usable, whole, 1.0), alone)
    return total.sum(axis=1, keepdims=True) * fractions
