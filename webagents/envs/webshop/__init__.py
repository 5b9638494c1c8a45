"""WebShop: a shop of real or made-up products, played from instructions to a purchase."""
