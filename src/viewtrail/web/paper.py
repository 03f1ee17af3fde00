"""A page of HTML as PDF/UA; paper fetches nothing, what is on it stands in the page itself."""

from __future__ import annotations


def pdf(html: str) -> bytes:
    """The PDF of a whole page. An error when the page would load anything but what is in it."""
    import weasyprint
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    made: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")
    return made
