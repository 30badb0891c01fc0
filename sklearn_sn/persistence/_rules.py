"""What certain classes leave out of a file, get back, and must satisfy.

scikit-learn's C code trusts what fit left behind: an index out of range reads or writes foreign
memory. So a loaded object is checked before anybody can call it.
"""

import numpy as np

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


def forget(name, state):
    """The attributes of an object without those that loading makes anew."""
    own = name.rpartition(".")[2]
    if own in _NEIGHBORS and state.get("_tree") is not None:
        # A tree of points follows from the points.
        del state["_tree"]
    if own in _HISTOGRAM and "_scorer" in state:
        # Only fit uses it, and makes its own; a scorer leaves a bound method behind too.
        state["_scorer"] = None
        state.pop("_raw_predict", None)
    return state


def objection(name, state):
    """Why an object of an allowed class cannot be stored after all; None if it can."""
    own = name.rpartition(".")[2]
    if own in _HISTOGRAM and np.any(state.get("is_categorical_")):
        return (
            "histogram boosting that splits by categories is not stored; encode them with an "
            "OrdinalEncoder or OneHotEncoder in a ColumnTransformer"
        )
    if own in _LIBSVM and (state.get("_sparse") or state["kernel"] == "precomputed"):
        return "a support vector machine of sparse vectors or a precomputed kernel is not stored"
    if own == "Pipeline" and state["memory"] is not None:
        return "a pipeline with a cache names folders of this machine; set_params(memory=None)"
    return None


def complete(name, estimator):
    """Make anew what was left out, and refuse what is not sound.

    Raises
    ------
    ModelFileError
        If an attribute would lead compiled code astray.
    """
    own = name.rpartition(".")[2]
    for names, rule in _RULES:
        if own in names:
            rule(estimator)


def _demand(sound, estimator, what):
    if not sound:
        raise ModelFileError(f"It gives a {type(estimator).__name__} {what}.")


def _pipeline(estimator):
    # A cache is read by pickle: a file must not say from where.
    _demand(estimator.memory is None, estimator, "with a cache, which is not stored")


def _neighbors(estimator):
    if not hasattr(estimator, "_fit_method"):
        return
    points, method = estimator._fit_X, estimator._fit_method
    sound = isinstance(points, np.ndarray) and points.ndim == 2 and points.dtype.kind in "biuf"
    _demand(sound, estimator, "without a table of points")
    _demand(method in ("brute", "kd_tree", "ball_tree"), estimator, "with an unknown search")
    if hasattr(estimator, "_y"):
        _check_targets(estimator, len(points))
    estimator._tree = None
    if method == "brute":
        return
    from sklearn.neighbors import BallTree, KDTree

    # The same points in the same order make the same tree: answers are equal, ties included.
    estimator._tree = (KDTree if method == "kd_tree" else BallTree)(
        points,
        estimator.leaf_size,
        metric=estimator.effective_metric_,
        **estimator.effective_metric_params_,
    )


def _check_targets(estimator, n_points):
    targets = estimator._y
    sound = isinstance(targets, np.ndarray) and len(targets) == n_points
    _demand(sound, estimator, "whose targets do not fit its points")
    if not hasattr(estimator, "classes_"):
        return
    several = isinstance(estimator.classes_, list)
    sizes = [len(classes) for classes in (estimator.classes_ if several else [estimator.classes_])]
    sound = targets.dtype.kind in "iu" and targets.size > 0
    sound = sound and targets.min() >= 0 and (targets.reshape(n_points, -1) < sizes).all()
    _demand(sound, estimator, "with labels of classes that there are not")


def _tree(estimator):
    if hasattr(estimator, "tree_"):
        _demand(_fits(estimator, estimator.n_features_in_), estimator, "of another table")


def _fits(estimator, n_features):
    """Whether a decision tree reads only features that there are."""
    from sklearn.tree._tree import Tree

    tree = getattr(estimator, "tree_", None)
    return type(tree) is Tree and tree.n_features == n_features


def _forest(estimator):
    for tree in getattr(estimator, "estimators_", ()):
        _demand(_fits(tree, estimator.n_features_in_), estimator, "with trees of another table")


def _isolation(estimator):
    if not hasattr(estimator, "estimators_"):
        return
    trees, columns = estimator.estimators_, estimator.estimators_features_
    n_features = estimator.n_features_in_
    sound = len(trees) == len(columns) and 0 < estimator._max_features <= n_features
    _demand(sound, estimator, "with trees of no columns")
    for tree, own in zip(trees, columns, strict=True):
        # Where all columns are drawn, the table itself goes into each tree.
        sound = len(own) == estimator._max_features and _fits(tree, len(own))
        _demand(sound, estimator, "with trees of another table")


def _boosting(estimator):
    if not hasattr(estimator, "estimators_"):
        return
    from sklearn.tree import DecisionTreeRegressor

    trees, n_trees = estimator.estimators_, estimator.n_trees_per_iteration_
    sound = isinstance(trees, np.ndarray) and trees.dtype == object and trees.ndim == 2
    _demand(sound and trees.shape[1] == n_trees, estimator, "without a table of trees")
    n_features = estimator.n_features_in_
    _demand(n_features < 2**24, estimator, "of more features than there are")
    for tree in trees.flat:
        sound = type(tree) is DecisionTreeRegressor and _fits(tree, n_features)
        sound = sound and tree.tree_.n_outputs == 1 and tree.tree_.max_n_classes == 1
        _demand(sound, estimator, "with trees of another table")
    # The trees add to what the first guess answers: one column for each of an iteration's.
    start = estimator._raw_predict_init(np.zeros((1, n_features), dtype=np.float32))
    sound = start.shape == (1, n_trees) and start.dtype == np.float64
    _demand(sound, estimator, "whose first guess does not fit its trees")


def _histogram(estimator):
    if not hasattr(estimator, "_predictors"):
        return
    mapper, n_features = estimator._bin_mapper, estimator.n_features_in_
    plain = estimator._preprocessor is None and not np.any(mapper.is_categorical_)
    _demand(plain, estimator, "that splits by categories, which is not stored")
    sound = estimator._n_features == n_features == len(mapper.is_categorical_)
    _demand(sound, estimator, "of another table")
    for trees in estimator._predictors:
        _demand(len(trees) == estimator.n_trees_per_iteration_, estimator, "with trees missing")
        for tree in trees:
            inner = tree.nodes["is_leaf"] == 0
            sound = (tree.nodes["feature_idx"][inner] < n_features).all()
            _demand(sound, estimator, "with trees of another table")


def _libsvm(estimator):
    if not hasattr(estimator, "support_vectors_"):
        return
    _demand(not estimator._sparse, estimator, "of sparse vectors, which are not stored")
    _demand(estimator.kernel != "precomputed", estimator, "with its kernel left out")
    n_classes = len(estimator.classes_) if hasattr(estimator, "classes_") else 2
    vectors = estimator.support_vectors_
    n, pairs = len(vectors), n_classes * (n_classes - 1) // 2
    counts = estimator._n_support
    wanted = {
        "support_vectors_": (np.float64, (n, estimator.n_features_in_)),
        "support_": (np.int32, (n,)),
        "_dual_coef_": (np.float64, (n_classes - 1, n)),
        "_intercept_": (np.float64, (pairs,)),
        "_n_support": (np.int32, (n_classes,)),
    }
    for key, (dtype, shape) in wanted.items():
        array = getattr(estimator, key)
        sound = isinstance(array, np.ndarray) and array.dtype == dtype and array.shape == shape
        sound = sound and array.flags.c_contiguous
        _demand(sound, estimator, f"whose {key} does not fit the rest")
    sound = counts.min() >= 0 and (counts.sum() == n or not hasattr(estimator, "classes_"))
    _demand(sound, estimator, "whose support vectors do not add up")
    for key in ("_probA", "_probB"):
        array = getattr(estimator, key)
        sound = array.dtype == np.float64 and array.size in (0, pairs)
        _demand(sound, estimator, "whose probabilities do not fit the rest")


_RULES = (
    (("Pipeline",), _pipeline),
    (_NEIGHBORS, _neighbors),
    (_TREES, _tree),
    (_FORESTS, _forest),
    (("IsolationForest",), _isolation),
    (_BOOSTING, _boosting),
    (_HISTOGRAM, _histogram),
    (_LIBSVM, _libsvm),
)
