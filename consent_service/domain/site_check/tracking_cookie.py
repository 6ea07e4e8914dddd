"""Names of widely used cookies that measure or advertise, and so are never necessary."""

from consent_service.domain.site.purpose import Cookie

_STARTS = {
    "an analytics tool": (
        "_ga_ _gat_ _gid __utm _pk_ mtm_ _hj _clck _clsk ajs_ mp_ amplitude AMP_ optimizely _vwo _vis_opt _ym_ "
        "Hm_lvt_ Hm_lpvt_ UM_distinctid CNZZDATA sbjs_ _shopify_y _shopify_s plausible sensorsdata"
    ),
    "an advertising network": (
        "_gcl_ __gads __gpi _gac_ _fbp _fbc _uet MUID _tt_ _ttp _pin_ _pinterest _scid _rdt_ _twclid "
        "_derived_epik li_fat li_sugr bcookie cto_ personalization_id BAIDUID hubspotutk __hs _kla __kla_id"
    ),
}
_EXACT = {"an analytics tool": "_ga _gat", "an advertising network": "IDE DSID NID fr uid2"}
"""Names too short to be told by their start."""


def find_tracker(cookie: Cookie) -> str | None:
    """Say what kind of tool a cookie is known from, or None; a pattern counts when it covers such a name."""
    stem, pattern = cookie.name.removesuffix("*"), cookie.name.endswith("*")
    for kind, starts in _STARTS.items():
        if any(stem.startswith(start) or (pattern and start.startswith(stem)) for start in starts.split()):
            return kind
    return next((kind for kind, names in _EXACT.items() if stem in names.split()), None)
