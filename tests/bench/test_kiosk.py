"""What the measurement of visits at the kiosk holds against its limits: the worst visit."""

from bench.kiosk import MOST_SCANS, MOST_SECONDS, Visit, within


def test_a_visit_is_within_up_to_the_very_limits() -> None:
    assert within(Visit(seconds=MOST_SECONDS, scans=MOST_SCANS))
    assert not within(Visit(seconds=MOST_SECONDS + 0.01, scans=MOST_SCANS))
    assert not within(Visit(seconds=1.0, scans=MOST_SCANS + 1))


def test_each_volume_more_is_one_scan_more_and_no_more_time() -> None:
    assert within(Visit(seconds=MOST_SECONDS, scans=MOST_SCANS + 2, volumes=3))
    assert not within(Visit(seconds=MOST_SECONDS, scans=MOST_SCANS + 3, volumes=3))
    assert not within(Visit(seconds=MOST_SECONDS + 0.01, scans=MOST_SCANS + 2, volumes=3))
