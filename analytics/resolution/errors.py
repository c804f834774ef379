"""Errors of resolution. Each message says what, where and what to do next; none carries a name or a number of a person.

ResolutionError
└── TruthError     a truth file cannot be read as one
"""

from analytics.errors import AnalyticsError


class ResolutionError(AnalyticsError):
    """Base of the errors of this package."""


class TruthError(ResolutionError):
    """A truth file lacks a column, a row or a type that is known."""
