"""The original WebShop's pages: what they are, say, offer and lead to.

Source: princeton-nlp/WebShop, commit 64fa2a5c (MIT licence). The layouts in
``envs/webshop/original`` hold its page markup, so that the same html comes out; the program here is
our own.
"""
