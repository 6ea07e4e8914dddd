"""The page of the preference centre: topics by channel, a pause, and what became of the last form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Response, render_template

from consent_service.domain.ledger.notice import Notice, make_notice
from consent_service.domain.messages.link_pack import CENTRE_PATH
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.subject.subject import mask_address
from consent_service.services.messages.adjusting_preferences import Centre, TopicSetting, TopicState
from consent_service.web.frame.field_error import FieldError
from consent_service.web.frame.page_rendering import make_translator, render_link_page
from consent_service.web.frame.visit import Visit
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.messages.centre_form import find_pause_limits, write_pause_day
from consent_service.web.messages.centre_result import ResultView, find_pause

SURFACE = "centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicView:
    """A topic on the page: how it stands, and whether yes is set."""

    purpose: Purpose
    state: TopicState
    yes: bool


def render_centre(
    visit: Visit,
    token: str,
    centre: Centre,
    *,
    status: int = 200,
    result: ResultView | None = None,
    kept: Mapping[str, bool] | None = None,
    pause_entered: str | None = None,
    errors: Sequence[FieldError] = (),
    answered: str = "",
) -> Response:
    """Render the page as it stands; ``kept`` and ``pause_entered`` are what was entered into a form with errors.

    ``answered`` is the query under which a page that answers a form can be opened again.
    """
    now = find_wiring().resources.clock()
    first, last = find_pause_limits(now)
    paused_until = find_pause(centre, now)
    return render_link_page(
        visit,
        "centre/page.html",
        status,
        token=token,
        masked=mask_address(centre.person.address) if centre.person.address else "",
        stopped_at=centre.standing.all_stopped_at,
        paused_until=paused_until,
        pause_entered=write_pause_day(paused_until) if pause_entered is None else pause_entered,
        pause_min=first.isoformat(),
        pause_max=last.isoformat(),
        address_kept=centre.sends,
        errors=errors,
        result=result,
        **({"path": f"{CENTRE_PATH}{token}?{answered}"} if answered else {}),
        **_group_by_channel(_make_topic_views(centre.topics, kept or {})),
    )


def make_centre_notice(visit: Visit, centre: Centre) -> Notice:
    """Fix the wording of the page as a notice, without whose page it was and how their topics stood."""
    site, language, sheets = visit.site, visit.language, find_wiring().stylesheets[visit.site.id]
    purposes = tuple(topic.purpose for topic in centre.topics)
    plain = [TopicView(purpose=purpose, state=TopicState.OFF, yes=False) for purpose in purposes]
    page = render_template(
        "centre/form.html",
        site=site,
        t=make_translator(visit),
        language=language,
        token="",
        address_kept=True,
        errors=[],
        paused_until=None,
        pause_entered="",
        pause_min="",
        pause_max="",
        **_group_by_channel(plain),
    )
    return make_notice(
        site, surface=SURFACE, language=language, signal=False, purposes=purposes, page=page, stylesheet=sheets.page
    )


def _make_topic_views(topics: Iterable[TopicSetting], kept: Mapping[str, bool]) -> list[TopicView]:
    return [
        TopicView(purpose=topic.purpose, state=topic.state, yes=kept.get(topic.purpose.key, topic.yes))
        for topic in topics
    ]


def _group_by_channel(views: Sequence[TopicView]) -> dict[str, object]:
    """Group the topics by channel in the order of the site file, and set apart what only measures."""
    groups: dict[Channel | None, list[TopicView]] = {}
    for view in views:
        if not view.purpose.tracks_opens:
            groups.setdefault(view.purpose.channel, []).append(view)
    return {"groups": list(groups.items()), "tracking": [view for view in views if view.purpose.tracks_opens]}
