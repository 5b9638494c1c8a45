"""HTML-T5's speed and memory beside transformers' LongT5, on this machine.

``python benchmarks/html_t5_speed.py [--sizes small base] [--lengths 1024 4096] [--threads 2]``

Both models get the same sizes and take turns within one process, so that a shared machine slows
them alike; what counts is the ratio of the medians, the smallest ratio of a turn and the largest
stand beside it. With one thread the time is the processor's, not the clock's, so that waiting for
other programs does not count. "Weights" is the time of the weight multiplications alone, forward
and backward, the floor that no attention can go below with these products. Few layers of each size
are run (``--layers``): all layers take the same time. Peak memory is that of a process of its own,
of which only the growth during forward and backward counts.

The long run for the table and the plot in ``docs/performance.md``: ``--lengths 1024 2048 4096 8192
16384 --dtypes float32 bfloat16 --threads 1 --layers 1 --turns 3 --rows rows.json --plot
docs/images/html_t5_speed.png``. Rows are added to those in the file, so that it may be cut up.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import LongT5Config, LongT5EncoderModel, LongT5ForConditionalGeneration

from webagents.models import HtmlT5, HtmlT5Config

SIZES = {
    "small": {"d_model": 512, "num_heads": 6, "d_ff": 1024},  # LongT5's, 8 layers
    "six": {"d_model": 512, "num_heads": 8, "d_ff": 1024},
    "base": {"d_model": 768, "num_heads": 12, "d_ff": 2048},  # 12 layers
}
FULL = {"small": 8, "six": 6, "base": 12}
VOCABULARY = 1000


def settings(size: str, layers: int) -> dict[str, Any]:
    return {
        "vocab_size": VOCABULARY,
        "d_kv": 64,
        "feed_forward_proj": "gated-gelu",
        "encoder_attention_type": "transient-global",
        "dropout_rate": 0.0,
        "num_layers": layers,
        "tie_word_embeddings": False,
        "decoder_start_token_id": 0,
        **SIZES[size],
    }


def encoder(which: str, size: str, layers: int, dtype: torch.dtype) -> torch.nn.Module:
    made = settings(size, layers)
    if which == "ours":
        return HtmlT5(HtmlT5Config(**made)).encoder.to(dtype)
    return LongT5EncoderModel(LongT5Config(**made)).to(dtype)


def step(model: torch.nn.Module, ids: torch.Tensor) -> None:
    states = model(input_ids=ids).last_hidden_state
    states.backward(torch.ones_like(states))
    model.zero_grad()


def weights_alone(size: str, layers: int, tokens: int, dtype: torch.dtype) -> Callable[[], None]:
    made = SIZES[size]
    width, inner, wide = made["d_model"], made["num_heads"] * 64, made["d_ff"]
    shapes = [(width, inner)] * 3 + [(inner, width)] + [(width, wide)] * 2 + [(wide, width)]
    weights = [torch.randn(b, a, dtype=dtype) for a, b in shapes]
    inputs = [torch.randn(tokens, a, dtype=dtype) for a, _ in shapes]
    grads = [torch.randn(tokens, b, dtype=dtype) for _, b in shapes]

    def multiply() -> None:
        for _ in range(layers):
            for weight, x, up in zip(weights, inputs, grads, strict=True):
                _ = x @ weight.T, up @ weight, up.T @ x

    return multiply


def now() -> float:
    """Seconds, of this process alone if it has one thread."""
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


def in_turns(work: dict[str, Callable[[], object]], turns: int) -> dict[str, list[float]]:
    """Seconds of each, `turns` times in turn, after one run of each that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(turns + 1):
        for name, do in work.items():
            began = now()
            do()
            if turn:
                seconds[name].append(now() - began)
    return seconds


def ratio(slow: list[float], fast: list[float]) -> str:
    of_medians = statistics.median(slow) / statistics.median(fast)
    turns = [a / b for a, b in zip(slow, fast, strict=True)]
    return f"{of_medians:.2f}x ({min(turns):.2f} to {max(turns):.2f})"


def encoders(size: str, tokens: int, dtype: torch.dtype, layers: int, turns: int) -> dict[str, Any]:
    ids = torch.randint(2, VOCABULARY, (1, tokens))
    models = {which: encoder(which, size, layers, dtype) for which in ("ours", "LongT5")}
    work: dict[str, Callable[[], object]] = {
        which: lambda model=model: step(model, ids) for which, model in models.items()
    }
    work["weights"] = weights_alone(size, layers, tokens, dtype)
    took = in_turns(work, turns)
    memory = {which: peak(which, size, tokens, dtype, layers) for which in models}
    ours, theirs, floor = (statistics.median(took[name]) for name in ("ours", "LongT5", "weights"))
    print(
        f"| {size} | {tokens} | {str(dtype).split('.')[-1]} "
        f"| {1e6 * ours / tokens / layers:.0f} | {1e6 * theirs / tokens / layers:.0f} "
        f"| {ratio(took['LongT5'], took['ours'])} | {ours / floor:.2f} | {theirs / floor:.2f} "
        f"| {memory['ours']:.0f} | {memory['LongT5']:.0f} "
        f"| {memory['ours'] / memory['LongT5']:.2f} |",
        flush=True,
    )
    return {
        "size": size,
        "tokens": tokens,
        "type": str(dtype).split(".")[-1],
        "seconds": {name: statistics.median(each) / layers for name, each in took.items()},
        "memory": memory,
    }


def lengths(rows: list[dict[str, Any]]) -> None:
    """Prints what a token of the longest input takes beside one of 2,048."""
    for size, dtype in dict.fromkeys((row["size"], row["type"]) for row in rows):
        each = {
            row["tokens"]: row["seconds"]["ours"] / row["tokens"]
            for row in rows
            if (row["size"], row["type"]) == (size, dtype)
        }
        longest = max(each)
        if longest > 2048 in each:
            print(
                f"{size}, {dtype}: a token of {longest} takes "
                f"{each[longest] / each[2048]:.2f} times one of 2048"
            )


def plot(rows: list[dict[str, Any]], path: str) -> None:
    """Draws time a token over the length of the input, a panel a size and number type."""
    from matplotlib import pyplot  # the only use of it here

    panels = list(dict.fromkeys((row["size"], row["type"]) for row in rows))
    figure, axes = pyplot.subplots(
        1, len(panels), figsize=(3.2 * len(panels), 3.2), squeeze=False, layout="constrained"
    )
    for axis, (size, dtype) in zip(axes[0], panels, strict=True):
        here = [row for row in rows if (row["size"], row["type"]) == (size, dtype)]
        here.sort(key=lambda row: row["tokens"])
        for name, label, style in (
            ("LongT5", "LongT5 (transformers)", "o-"),
            ("ours", "HtmlT5", "o-"),
            ("weights", "weight multiplications alone", ":"),
        ):
            tokens = [row["tokens"] for row in here]
            each = [1e6 * row["seconds"][name] / row["tokens"] for row in here]
            axis.plot(tokens, each, style, label=label, markersize=4)
        axis.set_xscale("log", base=2)
        axis.set_xticks(tokens, [f"{count // 1024}k" for count in tokens])
        axis.set_ylim(bottom=0)
        axis.set_title(f"{size}, {dtype}", fontsize=10)
        axis.set_xlabel("tokens")
        axis.grid(alpha=0.3)
    axes[0][0].set_ylabel("µs a token and layer")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def peak(which: str, size: str, tokens: int, dtype: torch.dtype, layers: int) -> float:
    """MiB by which a process grows during a forward and backward pass."""
    asked = json.dumps([which, size, tokens, str(dtype).split(".")[-1], layers])
    command = [sys.executable, __file__, "--peak", asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def highest() -> float:
    """The most memory this process ever held, MiB. getrusage would count that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure_peak(asked: str) -> None:
    which, size, tokens, dtype, layers = json.loads(asked)
    model = encoder(which, size, layers, getattr(torch, dtype))
    step(model, torch.randint(2, VOCABULARY, (1, 32)))  # what the first run loads
    before = highest()
    step(model, torch.randint(2, VOCABULARY, (1, tokens)))
    print(highest() - before)


def decoding(size: str, source: int, target: int, layers: int, turns: int) -> None:
    made = settings(size, layers)
    ours = HtmlT5(HtmlT5Config(**made)).eval()
    theirs = LongT5ForConditionalGeneration(LongT5Config(**made)).eval()
    ids = torch.randint(2, VOCABULARY, (1, source))

    def decoder(model: Any, *, cached: bool) -> Callable[[], object]:
        encoded = model.get_encoder()(input_ids=ids)
        options = {"min_new_tokens": target, "max_new_tokens": target, "use_cache": cached}
        return lambda: model.generate(ids, encoder_outputs=encoded, do_sample=False, **options)

    with torch.no_grad():
        work = {"cached": decoder(ours, cached=True), "uncached": decoder(ours, cached=False)}
        work["LongT5"] = decoder(theirs, cached=True)
        took = in_turns(work, turns)
    print(
        f"\n{size}, {layers} layers, {target} tokens from {source}: "
        f"{1e3 * statistics.median(took['cached']) / target:.2f} ms a token with the cache; "
        f"without it {ratio(took['uncached'], took['cached'])} that, "
        f"LongT5 with its cache {ratio(took['LongT5'], took['cached'])}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["small", "base"], choices=list(SIZES))
    parser.add_argument("--lengths", nargs="+", type=int, default=[1024, 4096])
    parser.add_argument("--dtypes", nargs="+", default=["float32"])
    parser.add_argument("--layers", type=int, default=2, help="0: as many as the size has")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--decode", type=int, nargs=2, default=[2048, 100], metavar=("S", "T"))
    parser.add_argument("--rows", type=Path, help="a JSON file that gathers what was measured")
    parser.add_argument("--plot", help="the picture to draw of it")
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    if asked.peak:
        measure_peak(asked.peak)
        return
    print(f"torch {torch.__version__}, {asked.threads} threads, {platform.machine()}\n")
    columns = (
        *("size", "tokens", "type", "ours, us a token and layer", "LongT5", "LongT5 / ours"),
        *("ours / weights", "LongT5 / weights", "ours, MiB", "LongT5, MiB", "ours / LongT5"),
    )
    print(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}", flush=True)
    kept = asked.rows is not None and asked.rows.exists()
    rows: list[dict[str, Any]] = json.loads(asked.rows.read_text()) if kept else []
    for size in asked.sizes:
        for dtype in asked.dtypes:
            for tokens in asked.lengths:
                layers = asked.layers or FULL[size]
                rows.append(encoders(size, tokens, getattr(torch, dtype), layers, asked.turns))
                if asked.rows is not None:
                    asked.rows.write_text(json.dumps(rows))
    lengths(rows)
    if asked.plot:
        plot(rows, asked.plot)
    if asked.decode[1]:
        decoding(asked.sizes[0], *asked.decode, asked.layers or FULL[asked.sizes[0]], 3)


if __name__ == "__main__":
    main()
