"""Three made-up websites to live on: homes to rent, a forum of communities, and maps with routes.

`website` says what a website is: its pages are a function of their address and of what its visitor
has left there so far, which the browser keeps in a cookie and nobody else (`keeping`). `serving`
answers a browser, `asking` draws instructions, `task` and `episodes` make them playable. Each site
is a package of its own (`homes`, `forum`, `atlas`): its made-up world, its pages, and what can be
asked of its visitor. Their words and templates lie in ``envs/sites/``.
"""
