"""AstroMiNN and BTSbot: the numbers of the papers."""

from sklearn_sn import papers
from sklearn_sn.encoders import ImageCNN, MetadataMLP


def test_astrominn_is_convnext_tiny_with_four_experts():
    model = papers.astrominn()
    assert (model.image.size, model.image.crop, model.image.split_head) == ("tiny", 49, True)
    assert (model.n_experts, model.top_k, model.loss, model.focal_gamma) == (4, 2, "focal", 2.0)
    assert min(model.router_loss_weights) > 0
    assert model.metadata.towers is None


def test_btsbot_has_two_branches_and_one_dense_head():
    model = papers.btsbot()
    assert isinstance(model.image, ImageCNN) and isinstance(model.metadata, MetadataMLP)
    assert (model.image.d_model, model.image.n_layers) == (32, 2)
    assert (model.metadata.d_model, model.metadata.n_layers) == (128, 2)
    assert (model.n_experts, model.expert_width, model.modality_dropout) == (1, 8, 0.0)


def test_parameters_replace_those_of_the_paper():
    assert papers.astrominn(n_experts=8).n_experts == 8
    assert papers.btsbot(lr=1e-3).lr == 1e-3
