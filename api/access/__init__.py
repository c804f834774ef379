"""Grants, and why somebody may or may not see what."""
