"""
=====================
Train on several GPUs
=====================

Align light curves with spectra on all GPUs of a machine, and save the model. Start it with
``torchrun --standalone --nproc-per-node=4 train_parallel.py``. Started with ``python``, it trains
in one process. See :doc:`/data_parallel`.
"""

# %%
# Every process loads the same objects, and computes its part of each batch of 256.
import sys

from sklearn_sn import ContrastiveEmbedder, data_parallel, save_model
from sklearn_sn.datasets import make_supernovae

path = sys.argv[1] if len(sys.argv) > 1 else "embedder.snmodel"
X, y = make_supernovae(2000, random_state=0)
model = ContrastiveEmbedder(batch_size=256, max_epochs=20, random_state=0, verbose=1)
with data_parallel() as processes:
    model.fit(X)

# %%
# All processes have the same model. One of them saves it.
if processes.is_first:
    save_model(model, path)
    print(f"{processes.count} processes, loss {model.history_[-1]['train_loss']:.3f}: {path}")
