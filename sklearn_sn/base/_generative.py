"""The base of estimators that encode to a distribution and decode from its samples."""

import numpy as np
import torch

from sklearn_sn.base._estimator import TorchEstimator
from sklearn_sn.losses import MMVAELoss
from sklearn_sn.nets import BatchLoader, log_likelihood

# Numbers in one decoded chunk: small enough for the cache, large enough to occupy all cores.
CHUNK_NUMBERS = 2**16
BOUND_BATCH = 16  # objects in a batch of bounds


class GenerativeEstimator(TorchEstimator):
    """Base of estimators around a :class:`~sklearn_sn.modules.MMVAEModule`."""

    def _posteriors(self, dataset):
        """Return mean and scale (M, n, D) of each expert and a mask of the objects that have it."""
        module = self.net_.module_
        M, n, D = len(module.encoders), len(dataset), int(np.prod(module.latent_shape))
        # An expert without data keeps the prior: mean 0, scale 1.
        mean, scale = np.zeros((M, n, D), np.float32), np.ones((M, n, D), np.float32)
        present = np.zeros((M, n), dtype=bool)
        for module, batch, positions in self._run(dataset):
            for m, name in enumerate(module.encoders):
                key = module.input_name(name)
                if key not in batch.tensors:
                    continue
                parts = module.encode(name, batch.tensors[key], batch.object_index[key], len(batch))
                for array, part in zip((mean, scale), parts, strict=False):
                    array[m, positions] = part.flatten(1).cpu().numpy()
                present[m, positions] = parts[2].cpu().numpy()
        return mean, scale, present

    def _decoded(self, name, z, log_wavelength, phase):
        """Yield a slice of objects, and mean and scale (S, b, L) of a modality, in chunks.

        Parameters
        ----------
        name : str
            Modality to decode.
        z : array of shape (S, n, D)
            S samples of the latent of each object.
        log_wavelength, phase : arrays of shape (1, L) or (n, L)
            Coordinates, common to all objects or of each object.
        """
        module = self.net_.module_
        module.eval()
        device = next(module.parameters()).device
        S, n, _ = z.shape
        step = max(1, CHUNK_NUMBERS // (S * max(1, log_wavelength.shape[1])))
        coordinates = [self._tensor(part, device) for part in (log_wavelength, phase)]
        with torch.inference_mode():
            for start in range(0, n, step):
                rows = slice(start, min(start + step, n))
                chunk_z = self._tensor(z[:, rows], device).unflatten(2, module.latent_shape)
                at = (part if len(part) == 1 else part[rows] for part in coordinates)
                mean, scale = module.decode(name, chunk_z, *at)
                yield rows, mean.cpu().numpy(), scale.cpu().numpy()

    @staticmethod
    def _tensor(array, device):
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)).to(device)

    def _bounds(self, dataset, n_samples, rng):
        """Return the importance-weighted bound on the log-evidence of every object, in nats.

        All objects share the noise, so that the bound of an object does not depend on the others.
        """
        module, bound = self.net_.module_, MMVAELoss("iwae_joint")
        module.eval()
        out = np.zeros(len(dataset))
        shape = (len(module.encoders), n_samples, 1, *module.latent_shape)
        noise = self._tensor(rng.laplace(size=shape), next(module.parameters()).device)
        with torch.inference_mode():
            for batch, positions in BatchLoader(
                dataset, BOUND_BATCH, device=next(module.parameters()).device
            ):
                output = module(batch.tensors, batch.object_index, len(batch), n_samples, noise)
                parts = (output[key].flatten(-2) for key in ("z", "mean", "scale"))
                total = log_likelihood(output, batch, {})
                out[positions] = -bound(*parts, output["present"], total).cpu().numpy()
        return out


def mixture_samples(
    mean: np.ndarray,
    scale: np.ndarray,
    present: np.ndarray,
    n_samples: int,
    rng: np.random.RandomState | np.random.Generator,
) -> np.ndarray:
    """Draw samples of the mixture of experts of every object, evenly from each expert.

    All objects share the noise, so that the samples of an object do not depend on the others. An
    object without any expert gets samples of the prior.

    Parameters
    ----------
    mean, scale : array of shape (M, n, D)
        Parameters of the Laplace posterior of each expert.
    present : bool array of shape (M, n)
        Whether an object has the modality of an expert.
    n_samples : int
        Number of samples of each object.
    rng : numpy.random.RandomState or Generator
        Source of random numbers.

    Returns
    -------
    array of shape (n_samples, n, D)
        Samples of each object.
    """
    noise = rng.laplace(size=(n_samples, 1, mean.shape[-1]))
    # Sample i takes expert number turn[i] % counts, so that experts get equal shares.
    turn = rng.permutation(n_samples)
    counts = np.maximum(present.sum(axis=0), 1)
    # Sort the experts that an object has to the front.
    order = np.argsort(~present, axis=0, kind="stable")
    expert = order[turn[:, None] % counts, np.arange(mean.shape[1])]  # (n_samples, n)
    rows = np.arange(mean.shape[1])
    return (mean[expert, rows] + scale[expert, rows] * noise).astype(np.float32)


def mixture_mean(mean: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Return the mean of the mixture, (n, D): the average of the experts, 0 without any."""
    counts = np.maximum(present.sum(axis=0), 1)
    return (mean * present[..., None]).sum(axis=0) / counts[:, None].astype(np.float32)


def laplace_moments(mean: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of an equal mixture of Laplaces over the first axis."""
    # A Laplace of scale b has the variance 2 b².
    centre = mean.mean(axis=0)
    return centre, np.sqrt(mean.var(axis=0) + 2.0 * (scale**2).mean(axis=0))
