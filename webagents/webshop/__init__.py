"""What environments, demonstrations and the rest know alike of WebShop.

Its names are here, its addresses in `visits`, and its pages' elements in `elements`.
"""

HOST = "webshop.test"
"""The name under which a browser reaches the shop."""
ORIGIN = f"http://{HOST}"
TEXT_TASK = "webshop-text"
"""The id, in the catalogue, of the shop without a browser."""

BACK, PREVIOUS, NEXT, BUY = "back to search", "< prev", "next >", "buy now"
"""What buttons are clicked by."""
SUB_PAGES = ("description", "features", "reviews", "attributes")
"""A product's further pages, in the order of their buttons."""
