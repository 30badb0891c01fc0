PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet -c constraints.txt

# Waiting threads sleep: spinning ones take the cores from whatever else runs, tenfold.
export OMP_WAIT_POLICY = passive

.PHONY: demo test docs studies bench-speed gpu lint clean

# Simulate supernovae, align light curves with spectra, cross-validate, save pictures.
demo: $(VENV)/.installed
	$(BIN)/python examples/demo.py

test: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $${PYTEST_WORKERS:-2}; \
	code=$$?; [ -z "$$PYTEST_STATUS" ] || echo $$code > "$$PYTEST_STATUS"; exit $$code

docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W -b html docs docs/_build/html

# Accuracy of the published systems: days. Real data is that of SKLEARN_SN_DATA, or ../shared/data.
STUDIES = pretrain_contrastive contrastive_real plot_contrastive_real maven_real combine_maven_real \
  differences_maven_real simulation_realism mmvae_decoder mmvae_real mmvae_simulated simfm_pretrain \
  simfm_mixing simfm_plasticc simfm_real simfm_redshift simfm_anomaly simfm_horizon spectra_real table_spectra \
  spectra_labels
studies: $(STUDIES:%=benchmarks/studies/%)

# One script: make benchmarks/speed_gru ARGS="--objects 512"
benchmarks/%: $(VENV)/.installed-bench FORCE
	$(BIN)/python benchmarks/$*.py $(ARGS)
FORCE:

benchmarks/studies/pretrain_contrastive: $(VENV)/.installed-bench FORCE
	test -e benchmarks/.cache/union_simulated.pkl || $(BIN)/python $@.py

benchmarks/studies/contrastive_real: $(VENV)/.installed-bench FORCE
	$(BIN)/python $@.py
	$(BIN)/python $@.py --no-baselines --settings scratch_aux simulated_aux simulated_aux_first_block

benchmarks/studies/maven_real: $(VENV)/.installed-bench FORCE
	$(BIN)/python $@.py --members 3
	$(BIN)/python $@.py --sample curves --members 2

benchmarks/studies/spectra_real: ARGS = --tasks five nine
benchmarks/studies/table_spectra: ARGS = --noise

# Speed alone, at small sizes: minutes.
bench-speed: $(VENV)/.installed-bench
	for command in "speed_contrastive.py 256 2" "speed_gru.py --objects 512 --rounds 2" \
	  "speed_mmvae.py" "speed_spectra.py --batches 1 --batch-size 8 --rounds 2 --stream 200" \
	  "patch_transformer_speed.py --batch-size 2 --rounds 2" "speed_simulator.py 4096" \
	  "speed_alerts.py --alerts 500" \
	  "speed_tables.py --rows 200 --objects 5000" "speed_curves.py --objects 300 --rounds 1" \
	  "speed_distributed.py --rows 500 --repeats 1"; do \
	  echo "benchmarks/$$command"; \
	  OMP_NUM_THREADS=1 $(BIN)/python benchmarks/$$command || exit 1; \
	done
	$(BIN)/python benchmarks/speed_page.py --check

# Check every estimator on a GPU with the torch of $(PYTHON): no environment, no installation, no
# download. Without CUDA it is a dry run on the CPU.
gpu:
	$(PYTHON) benchmarks/gpu.py $(GPU_ARGS)

lint: $(VENV)/.installed-docs
	$(PIP) ruff
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

$(VENV)/.installed: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e ".[test]"
	touch $@

$(VENV)/.installed-docs: $(VENV)/.installed
	$(PIP) -e ".[docs]"
	touch $@

$(VENV)/.installed-bench: $(VENV)/.installed
	$(PIP) -e ".[bench]"
	touch $@

clean:
	rm -rf $(VENV) build dist docs/_build docs/auto_examples *.egg-info
