"""The words a shopper knows: fillers, colours, sizes, units, and what is written in many ways."""

from __future__ import annotations


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILLER = _listed(
    """
    a about above add after all along also am an and any anyone anything are aren around as ask
    asked at available be been being best both brand brother budget but buy buying by came can
    cannot cart cheap cheaper choose come comes coming contain containing contains cost could
    currently d daughter deal did do does doesn dollar don each else even everything father
    fetch find for friend from get gift give go going good got grab great had has have having
    hello help her here hey hi him his hope hopefully hoping how hunt hunting husband i ideally
    if important in include includes including instead interested into is isn it item its just
    kind know least less let lets like ll locate look looking lower m made make makes making
    market may maybe me meant might mind more most mother much must my near need needed new nice
    no not of offer ok on one ones only option or order other our out over pair pay per pick
    place please prefer preferably price priced purchase put rather re ready really recommend
    require right s search see seeking select shop should show sister so some someone something
    son sort specifically spend such suggest suitable sure t take than thank thanks that the
    their them then there these they thing think this those to today too try trying type under
    up us use used using ve version very want wanted wants was way we well were what when where
    which while who wife will wish with within without wonder would you your
    """
)
"""Words that say nothing of a product."""

COLOURS = _listed(
    """
    amber apricot aqua azure beige black blond blonde blue blush bronze brown burgundy camel
    caramel champagne charcoal chestnut chocolate cobalt coffee copper coral cream crimson cyan
    denim emerald espresso fuchsia gold golden graphite gray green indigo ivory khaki lavender
    lilac lime magenta mahogany maroon mauve mint multicolor multicolored mustard navy nude oak
    ocher olive orange peach pearl pink plum purple red rose rosewood ruby rust sage salmon sand
    sapphire scarlet silver taupe teal terracotta turquoise violet walnut white wine yellow
    """
)
"""Words for colours, which on a product are values to choose."""

SIZES = _listed("small medium large")

UNITS = _listed(
    """
    ounce fl pound pack piece inch foot cm mm ml g kg gb tb mah w size set gallon quart pint
    """
)
"""Words that say how many or how large with the number beside them."""

_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve"

SAME = {
    **{word: str(number) for number, word in enumerate(_NUMBERS.split())},
    **dict.fromkeys(("oz", "ozs", "ounces"), "ounce"),
    **dict.fromkeys(("lb", "lbs", "pounds"), "pound"),
    **dict.fromkeys(("inches", "inchs"), "inch"),
    **dict.fromkeys(("ft", "feet"), "foot"),
    **dict.fromkeys(("pc", "pcs", "pieces", "ct", "count", "counts", "pk"), "piece"),
    **dict.fromkeys(("grams", "gram", "gm"), "g"),
    **dict.fromkeys(("milliliter", "milliliters", "millilitre"), "ml"),
    **dict.fromkeys(("liter", "liters", "litre", "litres"), "l"),
    "grey": "gray",
    "colour": "color",
    "coloured": "color",
    "colored": "color",
    "sized": "size",
    "women": "woman",
    "womens": "woman",
    "men": "man",
    "mens": "man",
    "kids": "child",
    "kid": "child",
    "children": "child",
    "fluid": "fl",
    "gallons": "gallon",
}
"""Other spellings, and the one that is compared."""
