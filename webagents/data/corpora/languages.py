"""The language of a text, told by its most frequent words: a rule, no model."""

from __future__ import annotations

import re
from collections import Counter

READ = 20_000
LEAST_HITS = 3

_WORD = re.compile(r"[^\W\d_]+")

# The words that make up a fifth to a third of running text, and are few others' words.
_FREQUENT = {
    "en": "the of and to in is that for it with as was on are be this by you or from at have not "
    "your we an which can will if all our more please us about has my any",
    "de": "der die und das ist nicht mit den von zu sie ein eine auf für dem sich auch als bei wir "
    "oder werden im zum ihre kann wird aus nach über haben",
    "fr": "le les des et est une dans pour que qui sur pas avec vous par du au nous sont votre ce "
    "cette plus ou aux être vos ses leur",
    "es": "el los las del y en una por con para es su que se al como más este sus esta ser nuestro "
    "o lo pero sobre también",
    "it": "il di che è per un una del con non della sono gli dei le alla più nel da si al questo "
    "come anche delle tuo nostro",
    "pt": "o os as do da em um uma para com não que por mais dos das ao se seu sua como são você "
    "ou está mas pelo",
    "nl": "de het een van en niet zijn met voor dat op te je wordt aan ook bij door uw deze naar "
    "kan meer over worden",
    "sv": "och att det som en på är av för med den till inte har du om ett kan vi eller från",
    "da": "og det at en den til er som på de med for af ikke har du kan vi et eller fra",
    "no": "og det er på som en til med for av ikke har du kan vi et eller fra å",
    "fi": "ja on ei se että ovat mutta tai myös voit kun jos sekä joka oli",
    "pl": "i w na z się nie do to jest że o jak po co dla lub oraz przez są od",
    "cs": "a v na se je že s z do o i ve pro jsou nebo které jako při není od",
    "ro": "și de în la cu pe nu este sau din pentru care mai un o sunt prin",
    "hu": "a az és hogy nem egy is van meg ha de vagy csak már kell",
    "tr": "ve bir bu için ile da de olarak daha çok olan veya gibi en sonra",
    "id": "dan yang di untuk dengan ini dari dalam pada adalah tidak atau anda ke akan",
    "vi": "và của là các có được cho trong không với những một để người này",
}
LANGUAGES = tuple(_FREQUENT)
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {}
for _language, _words in _FREQUENT.items():
    for _each in _words.split():
        _LANGUAGES_OF[_each] = (*_LANGUAGES_OF.get(_each, ()), _language)

_OTHER_SCRIPT = 0.2


def speaks(text: str, language: str, declared: str = "") -> bool:
    """Whether a text is in a language, as far as can be told.

    It is if no other language has more of its frequent words in it, and they are not many fewer
    than running text has. A text with hardly any (a table, a few labels) is what it is declared to
    be, and what is wanted where it is not declared, unless it is written in another script.

    language: one of `LANGUAGES`.
    declared: the page's ``lang``, such as ``en-GB``; "": none.
    """
    sample = text[:READ].lower()
    letters = _WORD.findall(sample)
    if not letters:
        return True
    written = sum(map(len, letters))
    # Letters from U+0370 on are of other scripts than the Latin.
    other = sum(len(word) for word in letters if word[0] >= "\u0370" and not "Ḁ" <= word[0] <= "ỿ")
    if other > written * _OTHER_SCRIPT:
        return False
    hits: Counter[str] = Counter()
    for word in letters:
        hits.update(_LANGUAGES_OF.get(word, ()))
    most = max(hits.values(), default=0)
    if most < LEAST_HITS:
        return not declared or declared.lower().split("-")[0].split("_")[0] == language
    return hits[language] == most
