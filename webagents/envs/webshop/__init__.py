"""WebShop: a shop of real or made-up products, played from instructions to a purchase.

What is sold comes from the original's data files (`catalogue`), or is made up (`inventing`). A
`stock` of it is read from them or opened from an import (`importing`, `stock_files`, `records`);
`shop` draws its prices and goals, `search` finds its products, and `reward` says what a purchase is
worth (`nouns`, `matching`).

It is played in two ways. `task` and `round` play it as a site, whose pages (`site`, `pictures`) a
browser shows, or `text_page` without one. `text` is the original's text environment, its pages made
from the original's layouts (`original`); `env` gives both at once.
"""
