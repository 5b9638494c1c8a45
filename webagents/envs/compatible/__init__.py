"""For people who come from elsewhere: other packages' ids, observations and actions on ours.

`miniwob` is for scripts written for Farama's package of that name, `browsergym` for BrowserGym's.
Importing either registers its ids with Gymnasium; in a script only the import changes.
"""
