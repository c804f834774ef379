"""An audience: readers who share one published graph, as the rules see them. It has everything of a reader but the person."""

from dataclasses import dataclass

from graphcore.access.context import AccessContext, Purpose, PurposeCode
from graphcore.access.label import Marking


@dataclass(frozen=True, slots=True)
class Audience:
    """Who shares a published graph, and on which ground it is given to them.

    Set it to what the least cleared of them may see: nothing is asked again in the published graph. ``purpose`` is what
    they read for. ``operation`` lets the grants of their ``organisation`` for it count. ``recipients`` and ``gateway``
    (the legal ground) stand in the audit log with every publication.
    """

    organisation: str = ""
    clearance: str = Marking.OFFICIAL
    compartments: tuple[str, ...] = ()
    may_read_conditional: bool = False
    law_enforcement: bool = True
    purpose: str = PurposeCode.INVESTIGATION
    operation: str = ""
    recipients: tuple[str, ...] = ()
    gateway: str = ""

    def context(self, name: str) -> AccessContext:
        """The context that its graph is made in, without grants; ``name`` is that of the audience."""
        return AccessContext(
            subject=f"audience:{name}",
            organisation=self.organisation,
            clearance=Marking(self.clearance),
            purpose=Purpose(PurposeCode(self.purpose), f"publication for {name}", self.operation),
            compartments=frozenset(self.compartments),
            law_enforcement=self.law_enforcement,
            may_read_conditional=self.may_read_conditional,
            operations=frozenset({self.operation}) - {""},
        )
