"""Neural networks and what they read with. They need the extra ``models``."""
