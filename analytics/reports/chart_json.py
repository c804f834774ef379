"""A link chart as JSON, for other programs and for checking the seal; the shape is in README.md of this folder."""

from analytics.reports.chart import LinkChart
from analytics.reports.paper import sealed_document

FORMAT = "ocb-link-chart"


def render_json(chart: LinkChart) -> bytes:
    """``{"format","version","id","sha256","content"}``; ``content`` holds the fields of :class:`LinkChart`."""
    return sealed_document(FORMAT, chart.content(), chart.seal)
