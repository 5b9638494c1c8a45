"""Short inputs without windows: all scores at once beside tiles, in T5's encoder.

``python benchmarks/short_attention.py``

One layer of a dense encoder, forward and backward, 2,048 tokens in all, cut into rows of several
lengths, the last row half padding. Both ways take turns; what counts is processor time.
"""

from __future__ import annotations

import argparse
import platform
import time

import torch

from webagents.models import HtmlT5Config, encoder

TOKENS = 2048
SIZES = ((4, 32), (8, 64))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=[8, 32, 64, 128, 192, 256, 512])
    parser.add_argument("--turns", type=int, default=7)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}\n")
    print("| heads | tokens | type | tiles, ms | all at once, ms | ratio |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for heads, size in SIZES:
        for length in given.lengths:
            for dtype in (torch.float32, torch.bfloat16):
                tiles, whole = measured(heads, size, length, dtype, given.turns)
                print(
                    f"| {heads} of {size} | {length} | {str(dtype)[6:]} | {1e3 * tiles:.1f} | "
                    f"{1e3 * whole:.1f} | {tiles / whole:.2f}x |",
                    flush=True,
                )


def measured(
    heads: int, size: int, length: int, dtype: torch.dtype, turns: int
) -> tuple[float, float]:
    """Seconds of the fastest turn: by tiles, and all scores at once."""
    config = HtmlT5Config(
        vocab_size=8,
        d_model=heads * size,
        d_kv=size,
        d_ff=32,
        num_heads=heads,
        num_layers=1,
        encoder_attention_type="dense",
    )
    made = encoder.Encoder(config)
    rows = TOKENS // length
    mask = torch.ones(rows, length)
    mask[-1, length // 2 :] = 0
    x = torch.randn(rows, length, heads * size)
    seconds: dict[int, list[float]] = {0: [], length: []}
    for _ in range(turns):
        for short, taken in seconds.items():
            encoder.SHORT = short
            began = time.process_time()
            with torch.autocast("cpu", torch.bfloat16, enabled=dtype is torch.bfloat16):
                states = made(None, mask, x).last_hidden_state
            states.float().sum().backward()
            taken.append(time.process_time() - began)
    return min(seconds[0][1:]), min(seconds[length][1:])


if __name__ == "__main__":
    main()
