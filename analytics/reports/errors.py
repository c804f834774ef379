"""Errors of the renderers. No message carries a name or number of a person.

ReportError (an AnalyticsError)
├── StyleError       style.yaml or wording.yaml is damaged; lists every fault
└── ChartError       a chart cannot be built from what was given
"""

from analytics.errors import AnalyticsError


class ReportError(AnalyticsError):
    """Base of all errors of this package."""


class StyleError(ReportError):
    """The table of looks or of words is damaged."""


class ChartError(ReportError):
    """A chart cannot be built from what was given."""
