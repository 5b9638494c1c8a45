"""Documents into examples, each a function of the seed, the epoch and the example's number."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from webagents.errors import UserError
from webagents.training.denoising.corruption import Example, as_tokens
from webagents.training.denoising.lengths import Lengths
from webagents.training.denoising.mixtures import Mixture
from webagents.training.denoising.sentinels import Sentinels


def example_generator(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The random numbers of one example, which depend on nothing but these three.

    NumPy keeps a generator's numbers from version to version where it can, but does not promise it.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(epoch, index)))


class Denoiser:
    """Makes examples by a mixture of objectives, for inputs of one greatest length.

    mixture: what is drawn from.
    sentinels: those of the vocabulary.
    inputs_length: the most tokens that an example's inputs have, the end token included.
    seed: what the examples are drawn by, beside their epoch and number.
    lengths: of each objective, those of its longest example.

    Raises:
        UserError: an objective needs more sentinels than there are, or longer inputs.
    """

    def __init__(
        self, mixture: Mixture, sentinels: Sentinels, *, inputs_length: int = 4096, seed: int = 0
    ) -> None:
        self.mixture = mixture
        self.sentinels = sentinels
        self.inputs_length = inputs_length
        self.seed = seed
        self.lengths: tuple[Lengths, ...] = tuple(
            objective.lengths(inputs_length) for objective in mixture.objectives
        )
        for objective, lengths in zip(mixture.objectives, self.lengths, strict=True):
            if lengths.spans > sentinels.count:
                raise UserError(
                    f"{objective} on inputs of {inputs_length} tokens needs {lengths.spans} "
                    f"sentinels, the vocabulary has {sentinels.count}; take longer spans, shorter "
                    "inputs or a vocabulary with more sentinels"
                )

    @property
    def targets_length(self) -> int:
        """The most tokens that an example's targets have, the end token included."""
        return max(lengths.targets for lengths in self.lengths)

    def raw_length(self, epoch: int, index: int) -> int:
        """The most tokens that the document of example `index` of an epoch may have.

        Documents of these lengths fill the inputs, whichever objective is drawn for each.
        """
        place = self.mixture.draw(example_generator(self.seed, epoch, index))
        return self.lengths[place].raw

    def example(self, tokens: ArrayLike, epoch: int, index: int) -> Example:
        """The example that the document gives as number `index` of the epoch.

        tokens: token ids (T,), no more than `raw_length` says, without sentinels or end token.

        Raises:
            UserError: the document is too long, or holds a sentinel.
        """
        document = as_tokens(tokens)
        generator = example_generator(self.seed, epoch, index)
        place = self.mixture.draw(generator)
        if document.size > (most := self.lengths[place].raw):
            raise UserError(
                f"a document of {document.size} tokens as example {index}, which takes {most}; "
                "cut documents to Denoiser.raw_length"
            )
        objective = self.mixture.objectives[place]
        return objective.example(document, self.sentinels, generator)
