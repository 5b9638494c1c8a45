"""What others recorded of WebShop: people's trajectories, and the logs of its site.

Neither recording holds a page's HTML. It is made anew from what they hold, in the form of our own
shop's pages (`pages`), so that a policy meets one kind of page wherever an episode comes from.
"""

from webagents.data.importing.webshop.logs import WEBSHOP_LOGS
from webagents.data.importing.webshop.trajectories import WEBSHOP_IL

__all__ = ["WEBSHOP_IL", "WEBSHOP_LOGS"]
