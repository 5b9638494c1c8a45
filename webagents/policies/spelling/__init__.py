"""What a model may say: nothing but actions, letter for letter, and only refs of the page.

A model says tokens, an action is bytes: for each state of the grammar, the tokens that lead to
another state are looked up once, by walking through the vocabulary and the grammar side by side.
Texts are free; but where a model runs out of room it is made to end the action in time.

    spelling = spelling_of(tokenizer)
    speller = spelling.processor(pages, longest=128)
    model.generate(..., max_new_tokens=128, logits_processor=LogitsProcessorList([speller]))
"""

from webagents.policies.spelling.spelling import Speller, Spelling, spelling_of

__all__ = ["Speller", "Spelling", "spelling_of"]
