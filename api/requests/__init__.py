"""Requests for detail behind a pointer, and notices to two operations that look at one nominal."""
