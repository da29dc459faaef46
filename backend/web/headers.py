"""The headers of every HTML page: what a browser may load, who may frame it, and that nobody keeps a copy.

Scripts and styles come from our own files only: no inline script, no inline style, no eval. The chat page may be
framed by the origins an operator names (ANFU_WIDGET_ORIGINS); nothing else may be framed by a stranger.
"""

from collections.abc import Iterable

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "style-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def page_headers(*, framed_by: Iterable[str] = ()) -> dict[str, str]:
    """Headers for one HTML answer. ``framed_by``: origins such as ``https://www.example.cn`` besides our own.

    Referrer-Policy is same-origin, not no-referrer: under no-referrer a browser sends ``Origin: null`` with our own
    forms, and the check of the sender (accounts.guards) could not tell them from a stranger's.
    """
    ancestors = " ".join(["'self'", *framed_by])
    policy = "; ".join(f"{name} {value}" for name, value in POLICY.items())
    return {
        "Content-Security-Policy": f"{policy}; frame-ancestors {ancestors}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cache-Control": "no-store",
    }


def widget_origins(setting: str) -> tuple[str, ...]:
    """ANFU_WIDGET_ORIGINS as a tuple; whatever is not scheme://host[:port] would break the policy and is refused."""
    origins = tuple(origin.strip().rstrip("/") for origin in setting.split(",") if origin.strip())
    for origin in origins:
        scheme, _, host = origin.partition("://")
        if scheme not in ("http", "https") or not host or any(sign in host for sign in "/; '\"*,\t"):
            raise ValueError(f"ANFU_WIDGET_ORIGINS: {origin!r} is not an origin such as https://www.example.cn")
    return origins
