"""Speed of the patch transformer with 43 million weights compared with a plain implementation.

The size and the grid of 7,781 pixels are those of the paper. The reference is the same network in
ordinary operations of torch: ``nn.MultiheadAttention``, which forms the weights of the attention,
in single precision, on the same weights and spectra. Library and reference run alternately. Printed
are spectra per second of processor time of both, the median of the paired ratios, and the largest
difference between the outputs, in single precision and in the precision that ``precision="auto"``
chooses.

    python benchmarks/patch_transformer_speed.py [--batch-size B] [--rounds R] [--threads T]
"""

import argparse
from types import SimpleNamespace

import torch
from _speed import Report, ratio_in_turn
from torch import nn

from sklearn_sn.encoders import PatchSpectrumTransformer

N_BINS = 7781


class Plain(nn.Module):
    """The network by its definition, with copies of the weights of `net`."""

    def __init__(self, net):
        super().__init__()
        self.net, self.attentions = net, nn.ModuleList()
        for block in net.stack.blocks:
            own = block.attention
            attention = nn.MultiheadAttention(net.d_model, own.n_heads, batch_first=True)
            attention.in_proj_weight, attention.in_proj_bias = own.qkv.weight, own.qkv.bias
            attention.out_proj.weight, attention.out_proj.bias = own.out.weight, own.out.bias
            self.attentions.append(attention)

    def forward(self, flux, pad_mask, wavelength, moments):
        net = self.net
        starts = range(0, flux.shape[-1] - net.state_stride, net.state_stride)
        rows = [nn.functional.pad(moments, (0, net.state_window))]
        seen = [torch.ones(len(flux), dtype=torch.bool)]
        for start in starts:
            window = flux[:, 0, start : start + net.state_window]
            rows.append(nn.functional.pad(window, (2, net.state_window - window.shape[1])))
            seen.append(~pad_mask[:, start : start + net.state_window].all(1))
        x = net.embed(torch.stack(rows, dim=1))
        x = torch.cat([x[:, :1], x[:, 1:] + net.position.weight], dim=1)
        padding = ~torch.stack(seen, dim=1)
        for block, attention in zip(net.stack.blocks, self.attentions, strict=True):
            y = block.norm_1(x)
            x = x + attention(y, y, y, key_padding_mask=padding)[0]
            x = x + block.feed_forward(block.norm_2(x))
        x = net.stack.norm(x) * ~padding[..., None]
        return x.sum(1) / (~padding).sum(1, keepdim=True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--batch-size", type=int, default=4)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--threads", type=int, default=1)
    arguments = options.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    encoder = PatchSpectrumTransformer(size="base", positions="learned", dropout=0.0)
    net = encoder.make_module(SimpleNamespace(n_channels=1, n_bins=N_BINS)).eval()
    plain = Plain(net).eval()
    n = arguments.batch_size
    report, measured_on = Report("patch_transformer_speed"), {"bins": N_BINS}
    pad_mask = torch.zeros(n, N_BINS, dtype=torch.bool)
    pad_mask[:, :200] = True
    inputs = {
        "flux": torch.randn(n, 1, N_BINS) * ~pad_mask[:, None],
        "pad_mask": pad_mask,
        "wavelength": 3600.0 + 0.8 * torch.arange(N_BINS),
        "moments": torch.randn(n, 2),
    }
    bfloat16 = net.uses_bfloat16("cpu")
    print(f"{sum(p.numel() for p in net.parameters()) / 1e6:.1f} million weights, bf16 {bfloat16}")
    with torch.inference_mode():
        theirs = plain(**inputs)
        for precision in ("float32", "auto"):
            net.precision = precision
            difference = (net(**inputs) - theirs).abs().max()
            print(f"largest difference, {precision:8s} {difference:.1e}, of {theirs.std():.2f} std")
        ratio_in_turn(
            report,
            "patch transformer, embedding",
            lambda: net(**inputs),
            lambda: plain(**inputs),
            n,
            arguments.rounds,
            bfloat16=bfloat16,
            **measured_on,
        )
    net.train(), plain.train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-5)

    def training(module):
        def work():
            optimizer.zero_grad()
            module(**inputs).square().mean().backward()
            optimizer.step()

        return work

    ratio_in_turn(
        report,
        "patch transformer, training",
        training(net),
        training(plain),
        n,
        arguments.rounds,
        bfloat16=bfloat16,
        **measured_on,
    )
    report.write()


if __name__ == "__main__":
    main()
