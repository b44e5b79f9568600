"""Topics: built and parsed by one module, and nothing else parses as one."""

from hypothesis import given
from hypothesis import strategies as st

from custody.identifiers import CourtId, StationId
from custody.topics import (
    Channel,
    CourtChannel,
    CourtTopic,
    StationTopic,
    court_topic,
    every,
    parse,
    station_topic,
)

ids = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,62}", fullmatch=True)


@given(ids, ids, st.sampled_from(Channel))
def test_a_station_topic_is_read_back(court: str, station: str, channel: Channel) -> None:
    topic = StationTopic(CourtId(court), StationId(station), channel)

    assert parse(station_topic(topic.court, topic.station, topic.channel)) == topic


@given(ids, st.sampled_from(CourtChannel))
def test_a_court_topic_is_read_back(court: str, channel: CourtChannel) -> None:
    assert parse(court_topic(CourtId(court), channel)) == CourtTopic(CourtId(court), channel)


@given(ids, ids, st.sampled_from(Channel), st.data())
def test_a_changed_topic_never_reads_as_the_same(
    court: str, station: str, channel: Channel, data: st.DataObject
) -> None:
    topic = station_topic(CourtId(court), StationId(station), channel)
    position = data.draw(st.integers(0, len(topic) - 1))
    changed = (
        topic[:position] + data.draw(st.characters().filter(lambda one: one != topic[position])) + topic[position + 1 :]
    )

    assert parse(changed) != parse(topic)


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    parsed = parse(text)

    assert parsed is None or text.startswith("yungui/v1/")


def test_what_is_not_ours_is_none() -> None:
    for topic in (
        "",
        "yungui/v1/yk/cab-1",
        "yungui/v1/yk/cab-1/events/more",
        "yungui/v2/yk/cab-1/events",
        "yungui/v1/YK/cab-1/events",
        "yungui/v1/yk/+/events",
        "yungui/v1/yk/cab-1/hub",
        "yungui/v1/yk/-/events",
        "yungui/v1/yk/cab-1/gossip",
    ):
        assert parse(topic) is None, topic


def test_the_filter_of_a_channel_covers_all_stations_of_a_court() -> None:
    assert every(CourtId("yk"), Channel.EVENTS) == "yungui/v1/yk/+/events"
