"""The skorch net that all our nets derive from."""

from skorch import NeuralNet

from sklearn_sn.nets._batch import BatchLoader


class BatchNet(NeuralNet):
    """A skorch net fed by :class:`BatchLoader`; subclasses give ``get_loss``.

    Parameters
    ----------
    seed : int
        Seed of shuffling and augmentation.
    """

    def __init__(self, module, *, seed=0, **kwargs):
        self.seed = seed
        super().__init__(module, **kwargs)

    def get_iterator(self, dataset, training=False):
        return BatchLoader(
            dataset,
            self.batch_size,
            training=training,
            device=self.device,
            seed=self.seed,
            epoch=len(getattr(self, "history_", ())),
        )

    def infer(self, x, **fit_params):
        return self.module_(x.tensors, x.owners, x.n_objects)

    def check_data(self, X, y=None):
        """Tables are checked before they come here."""
