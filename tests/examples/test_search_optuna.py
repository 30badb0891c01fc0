"""The example of Optuna's search, which the gallery shows and does not run."""

from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "search_optuna.py"
SMALLER = {"make_supernovae(240": "make_supernovae(60", "max_epochs=4": "max_epochs=1"}
SMALLER |= {"n_trials=5": "n_trials=2", "StratifiedKFold(3": "StratifiedKFold(2"}


@pytest.mark.filterwarnings("ignore:.*experimental")
@pytest.mark.filterwarnings("ignore:`optuna.terminator` module:FutureWarning")
def test_the_search_finds_a_setting_of_embedder_and_head():
    pytest.importorskip("optuna_integration", reason="needs the extra 'tune'")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    source = EXAMPLE.read_text()
    for given, smaller in SMALLER.items():
        assert given in source
        source = source.replace(given, smaller)
    names = {}
    exec(compile(source, str(EXAMPLE), "exec"), names)
    search = names["search"]
    assert len(search.trials_) == 2
    assert set(search.best_params_) == {
        "emb__light_curve__d_model",
        "emb__light_curve__n_layers",
        "emb__lr",
        "knn__n_neighbors",
    }
    assert search.predict(names["X"].iloc[:3]).shape == (3,)
