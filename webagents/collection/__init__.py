"""Demonstrations from scripted experts, models and people."""
