"""What every statement format comes down to: accounts, balances and booked lines, as rows for one section of the mapping.

One line is one row, with the amount as received and as exact decimal text; its direction is seen from the statement's account.
A line whose other side is no account that can be named is ``named``: no account is invented for it. References are the
bank's own where it gives one, else made of what the line says, so that overlapping statements give the same line once.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ingest.clean.accounts import account_reference
from ingest.clean.money import amount_of, plain_decimal
from ingest.errors import CleanError
from ingest.readers.base import BadRow, shortened

Row = dict[str, object]
TEXT_MAX = 10_000


@dataclass(slots=True)
class Statement:
    """The account whose lines follow. ``account`` is an IBAN, a sort code with a number, or a number."""

    account: str
    currency: str = ""
    holder: str = ""
    bank: str = ""
    seen: Counter[bytes] = field(default_factory=Counter[bytes])

    def row(self) -> Row:
        """The account itself."""
        return {"item": "account", **self._own()}

    def balance(self, kind: str, amount: str, currency: str, on: str) -> Row:
        """A balance of the account; ``amount`` signed as received."""
        told = {"balance": kind, "amount": amount, "currency": currency or self.currency, "booked_on": on}
        return {"item": "balance", **self._own(), **told}

    def line(self, given: Mapping[str, str]) -> Row | BadRow:
        """A booked line from what its format gives.

        Args:
            given: ``amount`` (signed), and where there are any ``currency, booked_on, valued_on, bank_reference, kind,
                description, counterparty_name, counterparty_account``.
        """
        try:
            amount = amount_of(given.get("amount", ""))
        except CleanError as error:
            return BadRow("amount", str(error), shortened(str(dict(given))))
        if amount is None:
            return BadRow("amount", "is empty", shortened(str(dict(given))))
        other = _known(given.get("counterparty_account", ""))
        return {
            "item": "payment" if other else "named",
            **self._own(),
            **{name: text[:TEXT_MAX] for name, text in given.items() if text},
            "amount_received": given.get("amount", ""),
            "amount": plain_decimal(abs(amount)),
            "currency": given.get("currency", "") or self.currency,
            "direction": "out" if amount < 0 else "in",
            "line": self._reference(given, amount),
        }

    def _own(self) -> Row:
        own = {"account": self.account, "holder": self.holder, "bank": self.bank}
        return {**{name: text for name, text in own.items() if text}, "account_currency": self.currency}

    def _reference(self, given: Mapping[str, str], amount: Decimal) -> str:
        if own := given.get("bank_reference", ""):
            base = f"{own}|{given.get('booked_on', '')}|{amount}"
        else:
            named = ("booked_on", "kind", "description", "counterparty_name", "counterparty_account")
            base = "|".join([*(given.get(name, "") for name in named), str(amount)])
        digest = hashlib.blake2b(base.encode("utf-8", "surrogatepass"), digest_size=12)
        self.seen[digest.digest()] += 1
        again = self.seen[digest.digest()]
        return digest.hexdigest() + (f"-{again}" if again > 1 else "")


def _known(account: str) -> bool:
    """True where the other side names an account by the rules; what breaks them stays in the row as text."""
    try:
        return account_reference(account) is not None
    except CleanError:
        return False
