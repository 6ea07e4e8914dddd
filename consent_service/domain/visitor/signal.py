"""The signal: a browser's own opt-out, sent as ``Sec-GPC: 1``."""


def has_signal(sec_gpc: str | None) -> bool:
    """Say whether a browser opts out: one value that is exactly ``1`` among those a gateway may have joined."""
    return sec_gpc is not None and any(value.strip(" \t") == "1" for value in sec_gpc.split(","))
