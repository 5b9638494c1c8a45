"""A shop's catalogue in the original's data files: its products, and the goals they make.

`files` finds the files and `json_stream` reads them; `products` and `requests` make of them what
the original's loaders make; `draws` draws prices, limits and the order, and `goals` puts goals
together.
"""
