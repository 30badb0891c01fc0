"""InfoNCE against a plain loop."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.losses import InfoNCELoss, Negatives


@pytest.fixture
def embeddings():
    generator = torch.Generator().manual_seed(0)
    return {
        name: F.normalize(torch.randn(6, 5, generator=generator), dim=-1)
        for name in ("light_curve", "spectrum", "image")
    }


def plain(x, y, scale):
    total = 0.0
    for i in range(len(x)):
        row = [math.exp(scale * float(x[i] @ y[j])) for j in range(len(y))]
        column = [math.exp(scale * float(x[j] @ y[i])) for j in range(len(x))]
        total -= math.log(row[i] / sum(row)) + math.log(column[i] / sum(column))
    return total / 2


def everyone(embeddings):
    return {name: torch.ones(len(z), dtype=torch.bool) for name, z in embeddings.items()}


def test_two_modalities(embeddings):
    pair = {name: embeddings[name] for name in ("light_curve", "spectrum")}
    loss = InfoNCELoss()(pair, everyone(pair), torch.tensor(math.log(7.0)))
    assert float(loss) == pytest.approx(plain(*pair.values(), 7.0) / 6, rel=1e-5)


def test_missing_modalities_leave_numerator_and_denominator(embeddings):
    pair = {name: embeddings[name] for name in ("light_curve", "spectrum")}
    present = everyone(pair)
    present["spectrum"][[1, 4]] = False
    keep = present["spectrum"]
    loss = InfoNCELoss()(pair, present, torch.tensor(0.0))
    expected = plain(pair["light_curve"][keep], pair["spectrum"][keep], 1.0) / 4
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_three_modalities_average_their_pairs(embeddings):
    x, y, w = embeddings.values()
    loss = InfoNCELoss()(embeddings, everyone(embeddings), torch.tensor(0.0))
    expected = (plain(x, y, 1.0) + plain(x, w, 1.0) + plain(y, w, 1.0)) / 18
    assert float(loss) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("n_pairs", [0, 1])
def test_too_few_pairs_give_zero_and_a_finite_gradient(embeddings, n_pairs):
    present = everyone(embeddings)
    for name in present:
        present[name][n_pairs:] = False
    for z in embeddings.values():
        z.requires_grad_()
    loss = InfoNCELoss()(embeddings, present, torch.tensor(2.0))
    loss.backward()
    assert loss.item() == 0.0
    assert all(torch.isfinite(z.grad).all() for z in embeddings.values())


def test_a_batch_of_one_modality_has_a_gradient(embeddings):
    alone = {"spectrum": embeddings["spectrum"].requires_grad_()}
    InfoNCELoss()(alone, everyone(alone), torch.tensor(2.0)).backward()
    assert torch.equal(alone["spectrum"].grad, torch.zeros(6, 5))


def test_frobenius_distance_of_latent_sequences_against_the_formula(embeddings):
    rng = np.random.default_rng(0)
    x, y = rng.normal(scale=2.0, size=(2, 6, 4, 8))  # 6 objects, 4 tokens of 8 numbers
    # -1/2B Σ_i [log softmax_j(-s d_ij)_i + log softmax_j(-s d_ji)_i], d the Frobenius distance.
    d = np.array([[np.linalg.norm(a - b, ord="fro") for b in y] for a in x])
    p = np.exp(-0.7 * d)
    expected = -np.mean(np.log(np.diag(p / p.sum(1, keepdims=True)) * np.diag(p / p.sum(0)))) / 2
    pair = {
        "light_curve": torch.from_numpy(x.reshape(6, 32)),
        "spectrum": torch.from_numpy(y.reshape(6, 32)),
    }
    loss = InfoNCELoss(similarity="frobenius")(pair, everyone(pair), torch.tensor(math.log(0.7)))
    assert float(loss) == pytest.approx(expected, rel=1e-6)
    # It is not normalised: twice the embeddings are twice the scale.
    twice = {name: 2.0 * z for name, z in pair.items()}
    loss = InfoNCELoss(similarity="frobenius")(twice, everyone(pair), torch.tensor(math.log(0.35)))
    assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_frobenius_distance_of_equal_embeddings_has_a_finite_gradient(embeddings):
    z = embeddings["spectrum"].requires_grad_()
    pair = {"light_curve": z.detach().clone(), "spectrum": z}
    InfoNCELoss(similarity="frobenius")(pair, everyone(pair), torch.tensor(0.0)).backward()
    assert torch.isfinite(z.grad).all() and z.grad.abs().max() > 0


# Further negatives -----------------------------------------------------------

PAIR = ("light_curve", "spectrum")


def further(n=4, seed=1):
    """Embeddings of other objects, all with both modalities."""
    generator = torch.Generator().manual_seed(seed)
    embeddings = {n_: F.normalize(torch.randn(n, 5, generator=generator), dim=-1) for n_ in PAIR}
    return Negatives(embeddings, everyone(embeddings), torch.zeros(6, n, dtype=torch.bool))


def plain_with_negatives(x, y, more_x, more_y, scale, usable):
    """Sum over objects of both directions, in double precision; usable is (B, K)."""
    x, y, more_x, more_y = (np.asarray(part, dtype=np.float64) for part in (x, y, more_x, more_y))
    total = 0.0
    for i in range(len(x)):
        forth = np.concatenate([x[i] @ y.T, (x[i] @ more_y.T)[usable[i]]])
        back = np.concatenate([y[i] @ x.T, (y[i] @ more_x.T)[usable[i]]])
        for logits in (scale * forth, scale * back):
            total -= logits[i] - np.log(np.exp(logits).sum())
    return total / 2


def test_further_negatives_join_both_denominators(embeddings):
    pair, more = {name: embeddings[name] for name in PAIR}, further()
    loss = InfoNCELoss()(pair, everyone(pair), torch.tensor(math.log(7.0)), more)
    usable = np.ones((6, 4), dtype=bool)
    expected = plain_with_negatives(*pair.values(), *more.embeddings.values(), 7.0, usable)
    assert float(loss) == pytest.approx(expected / 6, rel=1e-5)
    without = InfoNCELoss()(pair, everyone(pair), torch.tensor(math.log(7.0)))
    assert float(loss) > float(without)


def test_negatives_without_both_modalities_or_of_the_object_itself_do_not_count(embeddings):
    pair, more = {name: embeddings[name] for name in PAIR}, further()
    more.present["spectrum"][1] = False
    more.present["light_curve"][2] = False
    more.is_same[4, 3] = True
    present = everyone(pair)
    present["spectrum"][0] = False
    usable = np.ones((6, 4), dtype=bool)
    usable[:, [1, 2]] = False
    usable[4, 3] = False
    loss = InfoNCELoss()(pair, present, torch.tensor(1.0), more)
    kept = [z[1:] for z in pair.values()]
    expected = plain_with_negatives(*kept, *more.embeddings.values(), math.e, usable[1:])
    assert float(loss) == pytest.approx(expected / 5, rel=1e-5)


def test_negatives_without_a_modality_of_the_pair_are_not_used(embeddings):
    more = further()
    three = InfoNCELoss()(embeddings, everyone(embeddings), torch.tensor(1.0), more)
    terms = []
    for left, right in (PAIR, ("light_curve", "image"), ("spectrum", "image")):
        pair = {name: embeddings[name] for name in (left, right)}
        extra = more if (left, right) == PAIR else None
        terms.append(float(InfoNCELoss()(pair, everyone(pair), torch.tensor(1.0), extra)))
    assert float(three) == pytest.approx(np.mean(terms), rel=1e-5)


def test_a_single_pair_learns_from_further_negatives(embeddings):
    present = everyone({name: embeddings[name] for name in PAIR})
    for mask in present.values():
        mask[1:] = False
    x = embeddings["light_curve"].requires_grad_()
    pair = {"light_curve": x, "spectrum": embeddings["spectrum"]}
    InfoNCELoss()(pair, present, torch.tensor(1.0), further()).backward()
    assert x.grad[0].norm() > 0.1 and torch.equal(x.grad[1:], torch.zeros(5, 5))


@pytest.mark.parametrize("scale", [1.0, 15.5])
def test_gradient_of_a_fixed_temperature(embeddings, scale):
    x, y = (embeddings[name].double().requires_grad_() for name in PAIR)
    more = further()
    negatives = {name: z.double() for name, z in more.embeddings.items()}
    more = Negatives(negatives, more.present, more.is_same)
    pair = {"light_curve": x, "spectrum": y}
    InfoNCELoss()(pair, everyone(pair), torch.tensor(scale).double().log(), more).backward()
    a, b, c, d = (z.detach().numpy() for z in (x, y, *negatives.values()))

    def softmax(logits):
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)

    # dL/dx_i = s / 2B (sum_j P_ij y_j - y_i + sum_j Q_ji y_j - y_i), with softmaxes P and Q.
    forth = softmax(scale * a @ np.concatenate([b, d]).T)
    back = softmax(scale * b @ np.concatenate([a, c]).T)
    expected = forth @ np.concatenate([b, d]) - b + back[:, :6].T @ b - b
    np.testing.assert_allclose(x.grad, scale / 12 * expected, atol=1e-12)


def test_aligned_negatives_have_the_mean_logit_of_the_batch(embeddings):
    pair, more = {name: embeddings[name] for name in PAIR}, further()
    more.is_same[4, 3] = True
    loss = InfoNCELoss(align_negatives=True)(pair, everyone(pair), torch.tensor(1.0), more)
    usable = ~more.is_same.numpy()
    total = 0.0
    x, y = (z.double().numpy() for z in pair.values())
    more_x, more_y = (z.double().numpy() for z in more.embeddings.values())
    for query, keys, far in ((x, y, more_y), (y, x, more_x)):
        for i in range(6):
            near = math.e * query[i] @ keys.T
            old = (math.e * query[i] @ far.T)[usable[i]]
            old = old - old.mean() + np.delete(near, i).mean()
            total -= near[i] - np.log(np.exp([*near, *old]).sum())
    assert float(loss) == pytest.approx(total / 12, rel=1e-5)


def test_moving_all_embeddings_away_from_old_ones_gains_nothing_if_aligned(embeddings):
    """Old embeddings lie around one direction; the batch moves to the opposite side."""
    generator = torch.Generator().manual_seed(2)
    axis = torch.zeros(5)
    axis[0] = 3.0
    old = {name: F.normalize(z + axis, dim=-1) for name, z in further().embeddings.items()}
    more = Negatives(old, everyone(old), torch.zeros(6, 4, dtype=torch.bool))
    noise = torch.randn(6, 5, generator=generator)
    losses = {}
    for aligned in (False, True):
        for side in (1.0, -1.0):
            z = F.normalize(noise * torch.tensor([0.0, 1, 1, 1, 1]) + side * axis, dim=-1)
            pair = dict.fromkeys(PAIR, z)
            loss = InfoNCELoss(aligned)(pair, everyone(pair), torch.tensor(2.0), more)
            losses[aligned, side] = float(loss)
    assert losses[False, 1.0] - losses[False, -1.0] > 0.3
    assert abs(losses[True, 1.0] - losses[True, -1.0]) < 0.02


def test_an_unknown_similarity_is_rejected():
    with pytest.raises(ValueError, match=r"must be 'cosine' or 'frobenius'\. Got 'cosin' instead"):
        InfoNCELoss(similarity="cosin")
