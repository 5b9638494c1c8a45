"""``python -m webagents``: the `webagents` command."""

from webagents.cli import main

if __name__ == "__main__":
    main()
