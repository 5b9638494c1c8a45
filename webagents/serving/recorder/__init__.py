"""`webagents record`: people demonstrate tasks in their own browser, on a local web page."""
