"""Environments that an environment server plays (`webagents serve`), as if they were here."""
