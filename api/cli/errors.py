"""Errors of the command line alone."""


class CommandError(Exception):
    """A command cannot do what was asked; the message says what to do next."""
