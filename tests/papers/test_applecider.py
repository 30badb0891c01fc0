"""The photometry network of AppleCiDEr: the numbers of the paper."""

from sklearn.frozen import FrozenEstimator

from sklearn_sn import papers
from tests.papers.networks import module_of, n_weights


def test_the_photometry_network_has_the_sizes_of_the_paper():
    model = papers.applecider_photometry()
    encoder = model.encoder
    sizes = encoder.d_model, encoder.n_heads, encoder.n_layers, encoder.d_feedforward
    assert sizes == (128, 8, 4, 512)
    assert (encoder.dropout, encoder.merge_hours, encoder.log_times) == (0.3, 12.0, False)
    assert encoder.time_origin == "first"
    assert (encoder.band_encoding, encoder.flux_transform) == ("embedding", "log")
    assert (model.loss, model.focal_gamma, model.class_weight) == ("focal", 2.0, "balanced")
    module = module_of(encoder)
    # Attention with four square matrices, two feed-forward layers, and two norms.
    block = 4 * 128 * 129 + 128 * 512 + 512 + 512 * 128 + 128 + 4 * 128
    assert [n_weights(part) for part in module.stack.blocks] == [block] * 4
    assert module.output_dim == 128 and module.embed.band.num_embeddings == 3


def test_the_pretraining_has_the_numbers_of_the_paper():
    model = papers.applecider_masked_events()
    assert (model.mask_fraction, model.max_days) == (0.3, 100.0)
    assert model.loss_weights == (5.0, 3.0, 5.0)


def test_the_network_is_fine_tuned_after_pretraining(supernovae):
    X, y = supernovae
    X, y = X[:24], y[:24]
    small = {"max_epochs": 1, "early_stopping": False, "random_state": 0}
    first = papers.applecider_masked_events(**small).set_params(encoder__n_layers=1).fit(X)
    second = papers.applecider_photometry(
        pretrained=FrozenEstimator(first), unfreezing="gradual", encoder="auto", **small
    ).fit(X, y)
    assert second.encoder_.n_layers == 1
    assert second.encoder_.dropout == 0.3
