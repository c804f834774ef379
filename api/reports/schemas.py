"""Shape of a report document."""

from api.charts.schemas import ChartDocument
from api.documents import Form

REPORT_FORMS: tuple[Form, ...] = ("json", "html")


class ReportDocument(ChartDocument):
    """A sealed business-chain report."""
