"""Draws of target points give an unbiased likelihood."""

import torch

from sklearn_sn.nets import drawn_targets


def chunk(lengths, width):
    """Sets of points whose target is the number of the point."""
    number = torch.arange(float(width)).expand(len(lengths), width)
    pad_mask = number >= torch.tensor(lengths)[:, None]
    fields = {name: number + 0.0 for name in ("log_wavelength", "phase", "target", "error")}
    return {**fields, "pad_mask": pad_mask, "values": torch.zeros(len(lengths), width, 2)}


def test_draws_are_distinct_points_of_the_set():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        (drawn,) = drawn_targets({"spectrum": [chunk([10, 3], 10)]}, 4)["spectrum"]
    assert drawn["target"].shape == (2, 4)
    assert (~drawn["pad_mask"]).sum(1).tolist() == [4, 3]
    assert len(set(drawn["target"][0].tolist())) == 4
    assert sorted(drawn["target"][1][~drawn["pad_mask"][1]].tolist()) == [0.0, 1.0, 2.0]
    for name in ("log_wavelength", "phase", "error"):
        torch.testing.assert_close(drawn[name], drawn["target"])
    assert drawn["factor"].tolist() == [2.5, 1.0]


def test_the_mean_over_draws_is_the_whole_sum():
    tensors = {"spectrum": [chunk([10, 7], 10)], "spectrum encoder": [{"flux": torch.zeros(2)}]}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        draws = [drawn_targets(tensors, 4) for _ in range(2000)]
    assert set(draws[0]) == {"spectrum"}
    sums = [
        (part["target"] * ~part["pad_mask"]).sum(1) * part["factor"]
        for draw in draws
        for part in draw["spectrum"]
    ]
    torch.testing.assert_close(
        torch.stack(sums).mean(0), torch.tensor([45.0, 21.0]), rtol=0.02, atol=0.0
    )


def test_small_sets_stay_whole():
    whole = chunk([5, 2], 5)
    (drawn,) = drawn_targets({"light_curve": [whole]}, 8)["light_curve"]
    torch.testing.assert_close(drawn["target"], whole["target"])
    assert drawn["factor"].tolist() == [1.0, 1.0]
