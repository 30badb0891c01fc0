"""Rules for classes of scikit-learn: attributes to drop, to rebuild and to check.

The compiled code of scikit-learn trusts fitted attributes: an index out of range reads or writes
foreign memory. A loaded object is therefore checked before it can be used.
"""

import numpy as np
from sklearn.utils import Bunch

from sklearn_sn.persistence._errors import ModelFileError

_NEIGHBORS = ("KNeighborsClassifier", "KNeighborsRegressor", "NearestNeighbors")
_FORESTS = (
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "RandomForestClassifier",
    "RandomForestRegressor",
)
_TREES = (
    "DecisionTreeClassifier",
    "DecisionTreeRegressor",
    "ExtraTreeClassifier",
    "ExtraTreeRegressor",
)
_BOOSTING = ("GradientBoostingClassifier", "GradientBoostingRegressor")
_HISTOGRAM = ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")
_LIBSVM = ("SVC", "SVR")
_VOTING = ("VotingClassifier", "VotingRegressor")


def drop_rebuilt_attributes(name, state):
    """Return the attributes of an object without those that loading rebuilds."""
    class_name = name.rpartition(".")[2]
    if class_name in _NEIGHBORS and state.get("_tree") is not None:
        # The search tree follows from the points.
        del state["_tree"]
    if class_name in _HISTOGRAM and "_scorer" in state:
        # Only fit uses the scorer, and creates a new one. Scoring also leaves a bound method.
        state["_scorer"] = None
        state.pop("_raw_predict", None)
    if class_name in _VOTING:
        state.pop("named_estimators_", None)  # names of `estimators`, values of `estimators_`
    return state


def reason_not_stored(name, state):
    """Return why an object of an allowed class cannot be stored; None if it can."""
    class_name = name.rpartition(".")[2]
    if class_name in _HISTOGRAM and np.any(state.get("is_categorical_")):
        return (
            "histogram boosting that splits by categories is not stored; encode the categories "
            "with an OrdinalEncoder or OneHotEncoder in a ColumnTransformer"
        )
    if class_name in _LIBSVM and (state.get("_sparse") or state["kernel"] == "precomputed"):
        return (
            "a support vector machine of sparse vectors or a precomputed kernel is not stored; "
            "fit on a dense table with another kernel"
        )
    if class_name == "Pipeline" and state["memory"] is not None:
        return "a pipeline with a cache refers to folders of this machine; set_params(memory=None)"
    return None


def rebuild_and_check(name, estimator):
    """Rebuild dropped attributes and reject invalid state.

    Parameters
    ----------
    name : str
        Full name of the class.
    estimator : estimator
        The loaded object, changed in place.

    Raises
    ------
    ModelFileError
        If compiled code would access invalid memory because of an attribute.
    """
    class_name = name.rpartition(".")[2]
    for names, rule in _RULES:
        if class_name in names:
            rule(estimator)


def _require(condition, estimator, defect):
    if not condition:
        raise ModelFileError(f"It contains a {type(estimator).__name__} {defect}.")


def _pipeline(estimator):
    # joblib reads a cache with pickle, so a file must not choose its folder.
    _require(estimator.memory is None, estimator, "with a cache, which is not stored")


def _voting(estimator):
    if not hasattr(estimator, "estimators_"):
        return
    fitted = iter(estimator.estimators_)
    try:
        named = {
            name: "drop" if part == "drop" else next(fitted) for name, part in estimator.estimators
        }
    except (StopIteration, TypeError, ValueError):
        _require(False, estimator, "whose estimators do not fit its names")
    estimator.named_estimators_ = Bunch(**named)


def _neighbors(estimator):
    if not hasattr(estimator, "_fit_method"):
        return
    points, method = estimator._fit_X, estimator._fit_method
    valid = isinstance(points, np.ndarray) and points.ndim == 2 and points.dtype.kind in "biuf"
    _require(valid, estimator, "without a table of points")
    _require(method in ("brute", "kd_tree", "ball_tree"), estimator, "with an unknown search")
    if hasattr(estimator, "_y"):
        _check_targets(estimator, len(points))
    estimator._tree = None
    if method == "brute":
        return
    from sklearn.neighbors import BallTree, KDTree

    # The same points in the same order give the same tree, so predictions are equal, ties included.
    estimator._tree = (KDTree if method == "kd_tree" else BallTree)(
        points,
        estimator.leaf_size,
        metric=estimator.effective_metric_,
        **estimator.effective_metric_params_,
    )


def _check_targets(estimator, n_points):
    targets = estimator._y
    valid = isinstance(targets, np.ndarray) and len(targets) == n_points
    _require(valid, estimator, "whose targets do not fit its points")
    if not hasattr(estimator, "classes_"):
        return
    multi_output = isinstance(estimator.classes_, list)
    all_classes = estimator.classes_ if multi_output else [estimator.classes_]
    sizes = [len(classes) for classes in all_classes]
    valid = targets.dtype.kind in "iu" and targets.size > 0
    valid = valid and targets.min() >= 0 and (targets.reshape(n_points, -1) < sizes).all()
    _require(valid, estimator, "with class labels out of range")


def _tree(estimator):
    if hasattr(estimator, "tree_"):
        _require(
            _fits(estimator, estimator.n_features_in_), estimator, "with a tree of another table"
        )


def _fits(estimator, n_features):
    """Return whether a decision tree was fitted on `n_features` features."""
    from sklearn.tree._tree import Tree

    tree = getattr(estimator, "tree_", None)
    return type(tree) is Tree and tree.n_features == n_features


def _forest(estimator):
    for tree in getattr(estimator, "estimators_", ()):
        _require(_fits(tree, estimator.n_features_in_), estimator, "with trees of another table")


def _isolation(estimator):
    if not hasattr(estimator, "estimators_"):
        return
    trees, columns = estimator.estimators_, estimator.estimators_features_
    n_features = estimator.n_features_in_
    # If all columns are drawn, scikit-learn passes the table itself to the trees, so both the
    # number of columns and the features of each tree have to fit.
    valid = len(trees) == len(columns) and 0 < estimator._max_features <= n_features
    _require(valid, estimator, "with trees of no columns")
    for tree, tree_columns in zip(trees, columns, strict=True):
        valid = len(tree_columns) == estimator._max_features and _fits(tree, len(tree_columns))
        _require(valid, estimator, "with trees of another table")


def _boosting(estimator):
    if not hasattr(estimator, "estimators_"):
        return
    from sklearn.tree import DecisionTreeRegressor

    trees, n_trees = estimator.estimators_, estimator.n_trees_per_iteration_
    valid = isinstance(trees, np.ndarray) and trees.dtype == object and trees.ndim == 2
    _require(valid and trees.shape[1] == n_trees, estimator, "without a table of trees")
    n_features = estimator.n_features_in_
    _require(n_features < 2**24, estimator, "with an impossible number of features")
    for tree in trees.flat:
        valid = type(tree) is DecisionTreeRegressor and _fits(tree, n_features)
        valid = valid and tree.tree_.n_outputs == 1 and tree.tree_.max_n_classes == 1
        _require(valid, estimator, "with trees of another table")
    # Compiled code adds the trees of an iteration to the initial predictions, one column per tree.
    initial = estimator._raw_predict_init(np.zeros((1, n_features), dtype=np.float32))
    valid = initial.shape == (1, n_trees) and initial.dtype == np.float64
    _require(valid, estimator, "whose initial predictions do not fit its trees")


def _histogram(estimator):
    if not hasattr(estimator, "_predictors"):
        return
    mapper, n_features = estimator._bin_mapper, estimator.n_features_in_
    plain = estimator._preprocessor is None and not np.any(mapper.is_categorical_)
    _require(plain, estimator, "that splits by categories, which is not stored")
    valid = estimator._n_features == n_features == len(mapper.is_categorical_)
    _require(valid, estimator, "with bins of another table")
    for trees in estimator._predictors:
        _require(len(trees) == estimator.n_trees_per_iteration_, estimator, "with trees missing")
        for tree in trees:
            inner = tree.nodes["is_leaf"] == 0
            valid = (tree.nodes["feature_idx"][inner] < n_features).all()
            _require(valid, estimator, "with trees of another table")


def _libsvm(estimator):
    if not hasattr(estimator, "support_vectors_"):
        return
    _require(not estimator._sparse, estimator, "with sparse vectors, which are not stored")
    _require(
        estimator.kernel != "precomputed",
        estimator,
        "with a precomputed kernel, which is not stored",
    )
    n_classes = len(estimator.classes_) if hasattr(estimator, "classes_") else 2
    vectors = estimator.support_vectors_
    # libsvm solves one problem per pair of classes; regression counts as two classes.
    n_vectors, n_pairs = len(vectors), n_classes * (n_classes - 1) // 2
    counts = estimator._n_support
    expected = {
        "support_vectors_": (np.float64, (n_vectors, estimator.n_features_in_)),
        "support_": (np.int32, (n_vectors,)),
        "_dual_coef_": (np.float64, (n_classes - 1, n_vectors)),
        "_intercept_": (np.float64, (n_pairs,)),
        "_n_support": (np.int32, (n_classes,)),
    }
    for key, (dtype, shape) in expected.items():
        array = getattr(estimator, key)
        valid = isinstance(array, np.ndarray) and array.dtype == dtype and array.shape == shape
        valid = valid and array.flags.c_contiguous
        _require(valid, estimator, f"whose {key} does not fit the rest")
    valid = counts.min() >= 0 and (counts.sum() == n_vectors or not hasattr(estimator, "classes_"))
    _require(valid, estimator, "whose support vectors do not add up")
    for key in ("_probA", "_probB"):
        array = getattr(estimator, key)
        valid = array.dtype == np.float64 and array.size in (0, n_pairs)
        _require(valid, estimator, "whose probabilities do not fit the rest")


_RULES = (
    (("Pipeline",), _pipeline),
    (_NEIGHBORS, _neighbors),
    (_TREES, _tree),
    (_FORESTS, _forest),
    (("IsolationForest",), _isolation),
    (_BOOSTING, _boosting),
    (_HISTOGRAM, _histogram),
    (_LIBSVM, _libsvm),
    (_VOTING, _voting),
)
