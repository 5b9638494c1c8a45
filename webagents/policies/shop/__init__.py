"""Policies for WebShop that no model is needed for: the paper's rule, and a scripted expert."""

from webagents.policies.shop.expert import ShopExpert
from webagents.policies.shop.rule import RulePolicy

__all__ = ["RulePolicy", "ShopExpert"]
