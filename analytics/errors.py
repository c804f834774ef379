"""Errors of analytics. Each message says what, where and what to do next; none tells of things outside the view.

AnalyticsError
├── MeasureError     a measure or an option of one that does not exist
├── ScopeError       a part of the graph was asked for that the schema does not know
├── SubjectError     the entity a question starts from is not there for this reader, or is of the wrong type
├── EngineError      the arrays given to an engine do not fit together
└── ComputingEndedError  the process that computes was killed
"""

from graphcore.errors import Transient


class AnalyticsError(Exception):
    """Base of all errors of this package."""


class MeasureError(AnalyticsError):
    """There is no such measure, or an option of it is out of range."""


class ScopeError(AnalyticsError):
    """A type was named that the schema does not know."""


class SubjectError(AnalyticsError):
    """The entity asked about does not exist for this reader, or is of a type the question does not fit."""


class EngineError(AnalyticsError):
    """Arrays do not fit together."""


class ComputingEndedError(AnalyticsError, Transient):
    """The process that computes ended before its time; the same question may be asked again."""
