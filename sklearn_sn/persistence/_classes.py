"""The only classes that loading builds."""

from importlib import import_module

from sklearn_sn.persistence._errors import ModelFileError

# numpy's functions of one number, which TransformedTargetRegressor and FunctionTransformer take.
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
# Objects: an instance is its constructor's parameters, and the attributes that fit adds.
OBJECTS = {
    "sklearn_sn.anomaly": ("ClassDistanceDetector", "MultiClassIsolationForest"),
    "sklearn_sn.classification": (
        "DomainAdversarialClassifier",
        "GRUClassifier",
        "LightCurveTransformerClassifier",
        "SpectraNetClassifier",
        "SpectralRedshiftClassifier",
        "SpectralRedshiftImputer",
        "SupConClassifier",
    ),
    "sklearn_sn.cross_modal": (
        "CrossModalGenerator",
        "CrossModalRetriever",
        "MeanSpectrumGenerator",
    ),
    "sklearn_sn.cross_modal._gallery": ("Gallery",),
    "sklearn_sn.cross_modal._neighbor_spectra": ("NeighborSpectra",),
    "sklearn_sn.cross_modal._phase_table": ("PhaseTable",),
    "sklearn_sn.embedding": ("ContrastiveEmbedder", "MMVAEEmbedder"),
    "sklearn_sn.embedding._calibration": ("IntervalCalibration",),
    "sklearn_sn.embedding._targets": ("AuxiliaryTargets",),
    "sklearn_sn.nets": (
        "ImageInput",
        "ImagePixels",
        "LightCurveInput",
        "LightCurvePoints",
        "LightCurveSequenceInput",
        "MetadataInput",
        "MetadataNumbers",
        "RedshiftSpectrumInput",
        "SpectrumGridInput",
        "SpectrumInput",
        "SpectrumPixels",
    ),
    "sklearn_sn.preprocessing": (
        "ContinuumNormalizer",
        "ExtinctionCorrector",
        "FluxNormalizer",
        "LightCurveBinner",
        "LightCurveTruncator",
        "MedianFilter",
        "SpectrumResampler",
    ),
    "sklearn_sn.regression": ("LightCurveTransformerRegressor", "SpectraNetRegressor"),
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
# Networks: an instance is the sizes it was built with, and its weights.
MODULES = {
    "sklearn_sn.modules": (
        "ContrastiveModule",
        "DomainAdversarialModule",
        "GRUEncoder",
        "GalSpecNet",
        "ImageConvNet",
        "LightCurveTransceiver",
        "LightCurveTransformer",
        "MMVAEModule",
        "MetadataMLP",
        "SpectraNet",
        "SpectralFeatureNet",
        "SpectrumConvNet",
        "SpectrumTransceiver",
        "SpectrumTransformer",
        "SupervisedModule",
        "TemplateShiftModule",
    )
}
# Classes that stand for themselves, as values.
TYPES = {
    "builtins": ("bool", "float", "int", "object", "str"),
    "numpy": ("float32", "float64", "int32", "int64", "uint8", "bool_", "object_"),
    "sklearn_sn.losses": (
        "ClassShiftLoss",
        "ClassificationLoss",
        "FocalLoss",
        "GaussianLoss",
        "InfoNCELoss",
        "MMVAELoss",
        "SquaredErrorLoss",
    ),
    "sklearn_sn.nets": (
        "ContrastiveNet",
        "DomainAdversarialNet",
        "MMVAENet",
        "RedshiftNet",
        "SupConNet",
        "SupervisedNet",
    ),
}


def class_name(cls, table):
    """Full name of a class that `table` allows, None of any other."""
    for package, names in table.items():
        for name in names:
            # The module first: nothing is imported to answer for a class of somebody else.
            inside = cls.__module__ == package or cls.__module__.startswith(package + ".")
            if inside and getattr(import_module(package), name, None) is cls:
                return f"{package}.{name}"
    return None


def find_class(name, table):
    """The class of a full name.

    Raises
    ------
    ModelFileError
        For a name that `table` does not allow; nothing is imported then.
    """
    package, _, own = name.rpartition(".") if isinstance(name, str) else ("", "", "")
    if own not in table.get(package, ()):
        raise ModelFileError(
            f"It asks for {name!r}, which loading does not build. The file was made by a newer "
            "sklearn-sn (upgrade it), or by somebody who means harm."
        )
    cls = getattr(import_module(package), own, None)
    if cls is None:
        raise ModelFileError(f"It asks for {name!r}, which the installed {package} does not have.")
    return cls
