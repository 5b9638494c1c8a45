"""CompWoB: tasks composed of MiniWoB tasks, and the composer that makes them and any others."""
