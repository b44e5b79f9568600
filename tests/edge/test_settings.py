"""station.toml is read strictly: every mistake is named with its line and its remedy, in both languages."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from custody.events import StationKind
from edge.errors import EdgeError
from edge.sentences import LANGUAGES
from edge.settings import Settings, load_settings
from tests.edge.test_full_disk import SETTINGS

ROOT = Path(__file__).parents[2]


def test_a_whole_file_is_understood(tmp_path: Path) -> None:
    settings = load(tmp_path)

    assert (settings.station, settings.kind, settings.broker_port) == ("cab-1", StationKind.CABINET, 8883)
    assert settings.time_heard_seconds == 60


@pytest.mark.parametrize(
    ("changes", "key", "told"),
    [
        ({"brocker_port": 1}, "settings.unknown", ("station.toml:10", "brocker_port", "broker_port")),
        ({"station": None}, "settings.missing", ("station",)),
        ({"station": '"Cabinet One"'}, "settings.value", ("station.toml:2", "Cabinet One")),
        ({"kind": '"hub"'}, "settings.value", ("station.toml:3", "hub", "cabinet")),
        ({"kind": '"toaster"'}, "settings.value", ("station.toml:3", "toaster")),
        ({"name": '" "'}, "settings.value", ("station.toml:4",)),
        ({"broker_port": "true"}, "settings.value", ("station.toml:7", "1–65535")),
        ({"broker_port": 70000}, "settings.value", ("station.toml:7", "70000")),
        ({"hub_key": '"zz"'}, "settings.value", ("station.toml:8", "zz")),
        ({"court": "[1]"}, "settings.value", ("station.toml:1",)),
        ({"court": "="}, "settings.syntax", ("station.toml",)),
    ],
)
def test_a_mistake_is_named_with_its_line_and_remedy(
    tmp_path: Path, changes: dict[str, object], key: str, told: tuple[str, ...]
) -> None:
    with pytest.raises(EdgeError) as stopped:
        load(tmp_path, **changes)

    chinese, english = stopped.value.sentence().split("\n", 1)
    assert stopped.value.key == key
    assert all(word in chinese and word in english for word in told)


def test_a_missing_folder_and_an_empty_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match=r"folder\.missing"):
        load_settings(tmp_path / "nowhere")
    with pytest.raises(EdgeError, match=r"folder\.empty"):
        load_settings(tmp_path)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(EdgeError, match=r"settings\.unreadable"):
        load_settings(tmp_path)


def test_every_error_has_its_sentence_in_both_languages() -> None:
    sources = [path for path in (ROOT / "edge").rglob("*.py") if "kiosk" not in path.parts]
    raised = {
        key
        for path in sources
        for key in re.findall(
            r'(?:Error\(\s*|(?="(?:enrol|invitation)\.))"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8")
        )
    }
    raised.add("journal.full")

    for language in LANGUAGES:
        with (files("edge") / "locale" / language / "LC_MESSAGES" / "edge.po").open("rb") as catalogue:
            known = {str(one.id): str(one.string) for one in read_po(catalogue) if one.id}

        assert raised <= set(known)
        said = {"status", "enrolled", "rotated", "recover.done", "watch.running", "watch.left_out"}
        assert set(known) - raised == said
        assert all(known.values())


def load(folder: Path, **changes: object) -> Settings:
    written = {**SETTINGS, **changes}
    lines = [f"{key} = {value}" for key, value in written.items() if value is not None]
    (folder / "station.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_settings(folder)
