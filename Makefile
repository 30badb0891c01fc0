PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet -c constraints.txt

# Waiting threads sleep: spinning ones take the cores from whatever else runs, tenfold.
export OMP_WAIT_POLICY = passive

.PHONY: demo test docs bench bench-speed gpu lint clean

# Simulate supernovae, align light curves with spectra, cross-validate, save pictures.
demo: $(VENV)/.installed
	$(BIN)/python examples/demo.py

test: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $${PYTEST_WORKERS:-2}; \
	code=$$?; [ -z "$$PYTEST_STATUS" ] || echo $$code > "$$PYTEST_STATUS"; exit $$code

docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W -b html docs docs/_build/html

# Benchmarks on real data look for SKLEARN_SN_DATA, or ../shared/data.
bench: $(VENV)/.installed-bench
	$(BIN)/python benchmarks/speed_contrastive.py
	test -e benchmarks/.cache/union_simulated.pkl || $(BIN)/python benchmarks/pretrain_contrastive.py
	$(BIN)/python benchmarks/contrastive_real.py
	$(BIN)/python benchmarks/plot_contrastive_real.py
	$(BIN)/python benchmarks/maven_real.py --members 3
	$(BIN)/python benchmarks/maven_real.py --sample curves --members 2
	$(BIN)/python benchmarks/contrastive_real.py --no-baselines --settings scratch_aux simulated_aux simulated_aux_first_block
	$(BIN)/python benchmarks/combine_maven_real.py
	$(BIN)/python benchmarks/differences_maven_real.py
	$(BIN)/python benchmarks/speed_distributed.py
	$(BIN)/python benchmarks/speed_simulator.py
	$(BIN)/python benchmarks/simulation_realism.py
	$(BIN)/python benchmarks/speed_mmvae.py
	$(BIN)/python benchmarks/mmvae_decoder.py
	$(BIN)/python benchmarks/mmvae_real.py
	$(BIN)/python benchmarks/mmvae_simulated.py
	$(BIN)/python benchmarks/speed_gru.py
	$(BIN)/python benchmarks/simfm_pretrain.py
	$(BIN)/python benchmarks/simfm_mixing.py
	$(BIN)/python benchmarks/simfm_plasticc.py
	$(BIN)/python benchmarks/simfm_real.py
	$(BIN)/python benchmarks/simfm_anomaly.py
	$(BIN)/python benchmarks/simfm_horizon.py
	$(BIN)/python benchmarks/spectra_real.py --tasks five nine
	$(BIN)/python benchmarks/table_spectra.py --noise
	$(BIN)/python benchmarks/spectra_labels.py
	$(BIN)/python benchmarks/speed_spectra.py

# Speed alone, at small sizes: minutes.
bench-speed: $(VENV)/.installed-bench
	for command in "speed_contrastive.py 256" "speed_gru.py --objects 512 --rounds 2" \
	  "speed_mmvae.py" "speed_spectra.py --batches 1 --batch-size 8 --rounds 2 --stream 200" \
	  "patch_transformer_speed.py --batch-size 2 --rounds 2" "speed_simulator.py 4096" \
	  "speed_alerts.py --alerts 500" \
	  "speed_tables.py --rows 200 --objects 5000" "speed_distributed.py --rows 500 --repeats 1"; do \
	  echo "benchmarks/$$command"; \
	  OMP_NUM_THREADS=1 $(BIN)/python benchmarks/$$command || exit 1; \
	done

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
