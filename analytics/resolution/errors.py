"""Errors of resolution. Each message says what, where and what to do next; none carries a name or a number of a person.

ResolutionError
├── ModelError       a model file has faults
├── PopulationError  a table of names has faults
└── TruthError       a truth file cannot be read as one
"""

from analytics.errors import AnalyticsError


class ResolutionError(AnalyticsError):
    """Base of the errors of this package."""


class ModelError(ResolutionError):
    """A model file cannot be read, or names what is not there."""


class PopulationError(ResolutionError):
    """A table of how common names are cannot be read, or a row of it is wrong."""


class TruthError(ResolutionError):
    """A truth file lacks a column, a row or a type that is known."""
