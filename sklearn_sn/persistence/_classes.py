"""List of the classes that loading may build."""

import re
from importlib import import_module

from sklearn_sn import import_quickly
from sklearn_sn.persistence._errors import ModelFileError

# Universal functions of numpy, for TransformedTargetRegressor and FunctionTransformer.
UFUNCS = (
    "exp",
    "exp2",
    "expm1",
    "log",
    "log10",
    "log1p",
    "log2",
    "sqrt",
    "square",
    "arcsinh",
    "sinh",
)
# Classes of scikit-learn whose objects are stored.
SKLEARN_OBJECTS = {
    "sklearn.compose": ("ColumnTransformer", "TransformedTargetRegressor"),
    "sklearn.decomposition": ("PCA", "TruncatedSVD"),
    "sklearn.discriminant_analysis": ("LinearDiscriminantAnalysis",),
    "sklearn.dummy": ("DummyClassifier", "DummyRegressor"),
    "sklearn.ensemble": (
        "ExtraTreesClassifier",
        "ExtraTreesRegressor",
        "GradientBoostingClassifier",
        "GradientBoostingRegressor",
        "HistGradientBoostingClassifier",
        "HistGradientBoostingRegressor",
        "IsolationForest",
        "RandomForestClassifier",
        "RandomForestRegressor",
        "VotingClassifier",
        "VotingRegressor",
    ),
    "sklearn.ensemble._hist_gradient_boosting.binning": ("_BinMapper",),
    "sklearn.frozen": ("FrozenEstimator",),
    "sklearn.impute": ("MissingIndicator", "SimpleImputer"),
    "sklearn.linear_model": (
        "BayesianRidge",
        "ElasticNet",
        "HuberRegressor",
        "Lasso",
        "LinearRegression",
        "LogisticRegression",
        "LogisticRegressionCV",
        "Ridge",
        "RidgeCV",
        "RidgeClassifier",
    ),
    "sklearn.naive_bayes": ("GaussianNB",),
    "sklearn.neighbors": ("KNeighborsClassifier", "KNeighborsRegressor", "NearestNeighbors"),
    "sklearn.pipeline": ("FeatureUnion", "Pipeline"),
    "sklearn.preprocessing": (
        "FunctionTransformer",
        "LabelBinarizer",
        "LabelEncoder",
        "MaxAbsScaler",
        "MinMaxScaler",
        "Normalizer",
        "OneHotEncoder",
        "OrdinalEncoder",
        "PowerTransformer",
        "QuantileTransformer",
        "RobustScaler",
        "StandardScaler",
    ),
    "sklearn.svm": ("LinearSVC", "LinearSVR", "SVC", "SVR"),
    "sklearn.tree": (
        "DecisionTreeClassifier",
        "DecisionTreeRegressor",
        "ExtraTreeClassifier",
        "ExtraTreeRegressor",
    ),
}
# Classes of other packages that are stored as values, such as the dtype of an OrdinalEncoder.
OTHER_TYPES = {
    "builtins": ("bool", "float", "int", "object", "str"),
    "numpy": ("float32", "float64", "int32", "int64", "uint8", "bool_", "object_"),
}
_ALLOWED = {"object": SKLEARN_OBJECTS, "type": OTHER_TYPES, "module": {}}
_OURS = re.compile(r"sklearn_sn(\.[a-z][a-z0-9_]*)(\._[a-z0-9_]+)?")


def class_name(cls, kind):
    """Return the full name under which a class is stored; None if it is not stored.

    The attribute ``_file_kind`` of a class of this package states how it is stored: as an "object"
    (parameters and fitted attributes), a "module" (configuration and weights) or a "type" (the
    class itself). Classes of other packages are stored if they are in the lists of this file.

    Parameters
    ----------
    cls : type
        Class of the value to store.
    kind : {"object", "module", "type"}
        How to store it.

    Returns
    -------
    str or None
        Package and class name.
    """
    if cls.__module__.startswith("sklearn_sn."):
        if getattr(cls, "_file_kind", None) != kind:
            return None
        package = ".".join(cls.__module__.split(".")[:2])
        public = getattr(import_module(package), cls.__name__, None) is cls
        return f"{package if public else cls.__module__}.{cls.__name__}"
    for package, names in _ALLOWED[kind].items():
        for name in names:
            # Compare the modules first, so that no package is imported for an unlisted class.
            in_package = cls.__module__ == package or cls.__module__.startswith(package + ".")
            if in_package and getattr(import_module(package), name, None) is cls:
                return f"{package}.{name}"
    return None


def find_class(name, kind):
    """Return the class with a full name.

    Parameters
    ----------
    name : str
        Full name as returned by :func:`class_name`.
    kind : {"object", "module", "type"}
        How the class is stored.

    Returns
    -------
    type
        The class. Only this package and packages with listed classes are imported.

    Raises
    ------
    ModelFileError
        If the class is not stored in this way.
    """
    package, _, short_name = name.rpartition(".") if isinstance(name, str) else ("", "", "")
    if _OURS.fullmatch(package) and short_name.isidentifier() and not short_name.startswith("__"):
        try:
            cls = getattr(import_quickly(package), short_name, None)
        except ImportError:
            cls = None
        if isinstance(cls, type) and class_name(cls, kind) == name:
            return cls
    elif short_name in _ALLOWED[kind].get(package, ()):
        cls = getattr(import_quickly(package), short_name, None)
        if cls is None:
            raise ModelFileError(
                f"The file contains {name!r}, which the installed {package} does not have. Install "
                "the version that the model was saved with (see read_card)."
            )
        return cls
    raise ModelFileError(
        f"The file contains {name!r}, which loading does not build. Upgrade sklearn-sn if a newer "
        "version wrote the file; otherwise do not trust it."
    )
