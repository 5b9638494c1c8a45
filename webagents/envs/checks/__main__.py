"""See `command`."""

import sys

from webagents.envs.checks.command import main

if __name__ == "__main__":  # processes of its own import it too
    sys.exit(main())
