"""Trains a language model on web pages with TRL's GRPO: its tools are the environment's actions.

    pip install 'webagents-gym[trl]'
    python examples/grpo.py --steps 2                          # a tiny random model, to see it run
    python examples/grpo.py --model Qwen/Qwen3-0.6B --tasks @webgum56 --steps 500
    python examples/grpo.py --model Qwen/Qwen3-0.6B --url http://pages.example:8000

With ``--url`` the pages are played on another machine (``webagents serve``).
"""

from __future__ import annotations

import argparse
from importlib.resources import files
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM
from trl import GRPOConfig, GRPOTrainer

from webagents.envs.compatible.trl import EnvironmentFactory, rows


def main(arguments: list[str] | None = None) -> list[dict[str, Any]]:
    """Trains as the command line says; what was logged at each step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", help="a model's name or folder; without one, a tiny random one")
    parser.add_argument("--tasks", default="miniwob.click-test", help="what is played")
    parser.add_argument("--seeds", type=int, default=100, help="episodes of each task")
    parser.add_argument("--url", help="an environment server; without one, pages are played here")
    parser.add_argument("--steps", type=int, default=100, help="optimiser steps")
    parser.add_argument("--plays", type=int, default=4, help="plays of an episode, compared")
    parser.add_argument("--length", type=int, default=2048, help="tokens of a play, pages included")
    parser.add_argument("--out", default="runs/grpo", help="where checkpoints go")
    asked = parser.parse_args(arguments)

    model, tokenizer = (asked.model, None) if asked.model else tiny()
    config = GRPOConfig(
        output_dir=asked.out,
        max_steps=asked.steps,
        num_generations=asked.plays,
        per_device_train_batch_size=asked.plays,
        max_completion_length=asked.length,
        max_tool_calling_iterations=10,
        logging_steps=1,
        save_strategy="steps" if asked.model else "no",
        report_to="none",
        bf16=torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
    )
    with EnvironmentFactory(url=asked.url, max_steps=10) as factory:
        trainer = GRPOTrainer(
            model=model,
            processing_class=tokenizer,
            args=config,
            train_dataset=Dataset.from_list(rows(asked.tasks, range(asked.seeds))),
            environment_factory=factory,
        )
        trainer.train()
    return list(trainer.state.log_history)


def tiny() -> tuple[Qwen3ForCausalLM, PreTrainedTokenizerFast]:
    """A model that knows nothing, and its tokenizer: one token a byte, Qwen3's chat template."""
    spelled = sorted(pre_tokenizers.ByteLevel.alphabet())
    plain = Tokenizer(models.BPE(vocab={each: n for n, each in enumerate(spelled)}, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    plain.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        extra_special_tokens=["<|im_start|>"],
    )
    tokenizer.add_tokens(["<tool_call>", "</tool_call>", "<think>", "</think>"])
    template = files("trl") / "chat_templates" / "qwen3.jinja"
    tokenizer.chat_template = template.read_text(encoding="utf-8")
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    return Qwen3ForCausalLM(config), tokenizer


if __name__ == "__main__":
    for logged in main():
        shown = {name: round(value, 4) for name, value in logged.items() if "reward" in name}
        print(logged.get("step"), shown or logged)
