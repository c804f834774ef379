"""Errors of graphcore. Each message says what, where and what to do next; none carries a person's name or number.

GraphcoreError
├── SchemaError          the type YAML is damaged
├── ValueRefusedError    a value breaks the rule of its type
├── AccessDeniedError    a read without a purpose, or one the policy refuses altogether
│   └── RulesFaultError   the rules cannot be applied to this reader, who therefore sees nothing
├── RulesError           the file of access rules is wrong: nothing is read under it
├── LedgerError          the evidence ledger cannot do what was asked
├── StoreError           a graph store cannot do what was asked
│   └── StoreUnavailableError   (Transient) the server does not answer; try again
├── AuditError           the audit row could not be written: the read must not go on
└── AlertError           an alert on unusual access cannot be settled so
"""


class GraphcoreError(Exception):
    """Base of all errors of this package."""


class Transient:
    """Mix-in: the same call may succeed later."""


class SchemaError(GraphcoreError):
    """The schema YAML, or a use of it, is wrong."""


class ValueRefusedError(GraphcoreError):
    """A value breaks the rule of its type."""


class AccessDeniedError(GraphcoreError):
    """The access context does not allow any read."""


class RulesFaultError(AccessDeniedError):
    """Something of the reader is missing or cannot be read, so that the rules cannot be applied."""


class RulesError(GraphcoreError):
    """The file of access rules is wrong."""


class LedgerError(GraphcoreError):
    """The evidence ledger cannot do what was asked."""


class StoreError(GraphcoreError):
    """A graph store cannot do what was asked."""


class StoreUnavailableError(StoreError, Transient):
    """The graph store does not answer."""


class AuditError(GraphcoreError):
    """The audit log cannot be written or does not verify."""


class AlertError(GraphcoreError):
    """An alert is not there, is settled already, or is about the one who settles it."""
