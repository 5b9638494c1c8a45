"""Planning: language models, the programs they write, and where those run."""
