"""Setting a court up from a shell, and what is said when something is not as it should be."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store
from PIL import Image
from zxingcpp import read_barcodes

from audit.__main__ import main as audit
from custody.enrolment import Invitation, read_invitation
from custody.identifiers import LabelKind, make_label
from hub.__main__ import main
from hub.bootstrap import assemble
from hub.invitation_card import on_terminal
from hub.settings import load_settings

INIT = ("--court", "yk0802", "--name", "站前区人民法院", "--plain", "--http", "127.0.0.1:1")
Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def shell(data: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    def run(command: str, *rest: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main([command, "--data", str(data), *map(str, rest)])
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 1
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def court(shell: Shell, data: Path) -> Path:
    assert shell("init", *INIT)[0] == 0
    return data


def test_a_court_is_set_up_filled_and_verified_from_a_shell(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said, _ = shell("init", *INIT)
    fingerprint = said.partition("write it down: ")[2].split()[0]
    listed = tmp_path / "list.csv"
    listed.write_text(
        "案号,正副卷,册号,总册数,页数,接收对象\n（2026）辽0802民初123号,正卷,1,2,120,扫描队列\n", encoding="utf-8"
    )
    password = tmp_path / "password"
    password.write_text("correct-horse-7\n")
    label = make_label(LabelKind.PLACE, 5).text

    for done in (
        shell("enrol", "cab-1", "--kind", "cabinet", "--name", "立案大厅云柜"),
        shell("person", "王敏", "--role", "staff", "--badge", "B-1", "--user", "wangmin", "--password-file", password),
        shell("place", "shelf-a1", "--name", "A1", "--label", label),
        shell("import", listed),
        shell("import", listed),
        shell("export", tmp_path / "ledger.jsonl"),
    ):
        assert done[0] == 0, done

    assert status == 0
    assert audit([str(tmp_path / "ledger.jsonl"), "--root", fingerprint]) == 0
    with assemble(load_settings(tmp_path / "data")) as hub:
        assert [one.user for one in hub.queries.people()] == ["wangmin"]
        assert len(hub.queries.known_rows()) == 1


def test_no_secret_can_be_read_by_others(shell: Shell, court: Path) -> None:
    secrets = [*court.rglob("*.key"), *(court / "keys").glob("*.pem")]

    assert len(secrets) == 6
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}


def test_certificates_are_good_for_tls(shell: Shell, court: Path) -> None:
    authority = x509.load_pem_x509_certificate((court / "tls" / "ca.crt").read_bytes())
    broker = x509.load_pem_x509_certificate((court / "tls" / "broker.crt").read_bytes())

    PolicyBuilder().store(Store([authority])).build_server_verifier(x509.DNSName("localhost")).verify(broker, [])


def test_an_invitation_is_printed_drawn_and_read_back(shell: Shell, court: Path, tmp_path: Path) -> None:
    picture, sheet = tmp_path / "code.png", tmp_path / "code.pdf"
    words = ("--kind", "cabinet", "--name", "柜", "--hub", "archive.court:8443")

    status, said, _ = shell("enrol", "cab-1", *words, "--qr", picture)
    again = shell("enrol", "cab-1", *words, "--qr", sheet)

    invited = read_invitation(said.split()[0])
    assert isinstance(invited, Invitation)
    assert (status, invited.host, invited.port, invited.station) == (0, "archive.court", 8443, "cab-1")
    assert [one.text for one in read_barcodes(Image.open(picture))] == [said.split()[0]]
    assert (again[0], sheet.read_bytes()[:5]) == (0, b"%PDF-")
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600


def test_an_invitation_on_a_terminal_can_be_read_by_a_camera(shell: Shell, court: Path) -> None:
    said = shell("enrol", "cab-1", "--kind", "cabinet", "--name", "柜")[1].split()[0]

    rows = [line[len("\x1b[30;107m") : -len("\x1b[0m")] for line in on_terminal(said).splitlines()]
    image = Image.new("L", (len(rows[0]) * 4, len(rows) * 8), 255)
    for y, row in enumerate(rows):
        for x, block in enumerate(row):
            for half, dark in ((0, block in "▀█"), (1, block in "▄█")):
                if dark:
                    image.paste(0, (x * 4, y * 8 + half * 4, x * 4 + 4, y * 8 + half * 4 + 4))

    assert [one.text for one in read_barcodes(image)] == [said]


def test_a_code_is_written_as_a_kind_of_file_that_can_be_printed(shell: Shell, court: Path, tmp_path: Path) -> None:
    status, _, error = shell("enrol", "cab-1", "--kind", "cabinet", "--name", "柜", "--qr", tmp_path / "code.txt")

    assert status == 1
    assert ".png" in error


def test_who_is_not_enrolled_cannot_be_revoked(shell: Shell, court: Path) -> None:
    status, _, error = shell("revoke", "cab-1", "--reason", "stolen")

    assert status == 1
    assert "没有登记" in error
    assert shell("revoke", "cab-1", "--reason", "dislike")[0] == 2


def test_a_court_is_never_set_up_over_another(shell: Shell, court: Path) -> None:
    before = (court / "keys" / "root.pem").read_bytes()

    status, _, error = shell("init", *INIT)

    assert (status, (court / "keys" / "root.pem").read_bytes()) == (1, before)
    assert "已存在" in error


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("colour = 1\n", ("hub.toml:", "colour", "unknown")),
        ("secure = 1\n", ("secure", "bool")),
        ("not toml\n", ("hub.toml", "无法读取")),
    ],
)
def test_a_wrong_setting_stops_with_file_line_and_remedy(
    shell: Shell, court: Path, change: str, words: tuple[str, ...]
) -> None:
    path = court / "hub.toml"
    kept = [line for line in path.read_text().splitlines() if not change.startswith(line.split(" ")[0])]
    path.write_text("\n".join([*kept, change]))

    status, _, error = shell("place", "shelf-a", "--name", "A")

    assert status == 1
    assert all(word in error for word in words), error


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: (data / "hub.toml").unlink(), "yungui-hub init"),
        (lambda data: (data / "keys" / "hub.pem").unlink(), "hub.pem"),
        (lambda data: (data / "keys" / "hub.pem").write_bytes((data / "tls" / "ca.key").read_bytes()), "Ed25519"),
        (lambda data: (data / "tls" / "ca.crt").unlink(), "证书"),
    ],
)
def test_what_is_missing_is_named(shell: Shell, court: Path, spoil: Callable[[Path], object], words: str) -> None:
    spoil(court)

    status, _, error = shell("place", "shelf-a", "--name", "A")

    assert status == 1
    assert words in error


def test_a_missing_setting_is_named(shell: Shell, court: Path) -> None:
    path = court / "hub.toml"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("root_key")))

    assert "root_key" in shell("place", "shelf-a", "--name", "A")[2]


def test_enrolling_needs_the_authoritys_key(shell: Shell, court: Path) -> None:
    (court / "tls" / "ca.key").unlink()

    status, _, error = shell("enrol", "cab-1", "--kind", "cabinet", "--name", "柜")

    assert status == 1
    assert "ca.key" in error


def test_while_the_hub_runs_its_register_is_closed_to_the_shell_but_can_be_exported(
    shell: Shell, court: Path, tmp_path: Path
) -> None:
    with assemble(load_settings(court)):
        status, _, error = shell("place", "shelf-a", "--name", "A")
        exported = shell("export", tmp_path / "ledger.jsonl")[0]

    assert (status, exported) == (1, 0)
    assert "正由另一个中心进程使用" in error


def test_refused_rows_of_a_list_are_said_line_by_line(shell: Shell, court: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(
        "案号,正副卷,册号,总册数\n（2026）辽0802民初123号,正卷,1,1\n辽0802民初,正卷,1,1\n", encoding="utf-8"
    )

    status, said, _ = shell("import", listed)

    assert status == 1
    assert f"{listed}:3: " in said
    assert "登记 · registered: 1" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"a,b\n1,2\n", "list.csv"), (None, "无法读取")],
)
def test_a_file_that_is_no_list_is_refused(
    shell: Shell, court: Path, tmp_path: Path, content: bytes | None, words: str
) -> None:
    listed = tmp_path / "list.csv"
    if content is not None:
        listed.write_bytes(content)

    status, _, error = shell("import", listed)

    assert status == 1
    assert words in error


def test_a_person_who_cannot_be_added_is_refused_in_a_sentence(shell: Shell, court: Path, tmp_path: Path) -> None:
    short = tmp_path / "password"
    short.write_text("short\n")
    shell("person", "王敏", "--role", "staff", "--badge", "B-1")

    taken = shell("person", "李强", "--role", "staff", "--badge", "B-1")
    weak = shell("person", "李强", "--role", "staff", "--user", "li", "--password-file", short)
    none = shell("person", "赵静", "--role", "staff", "--user", "zhao")

    assert [one[0] for one in (taken, weak, none)] == [1, 1, 1]
    assert "证卡" in taken[2]
    assert "密码" in weak[2]
    assert "--password-file" in none[2]


@pytest.mark.parametrize("address", ["here", "here:", ":1", "here:99999", "here:x"])
def test_an_address_is_a_host_and_a_port(shell: Shell, address: str) -> None:
    status, _, error = shell("init", *INIT[:4], "--broker", address)

    assert status == 2
    assert "HOST:PORT" in error


def test_a_courts_id_must_fit_a_topic(shell: Shell) -> None:
    status, _, error = shell("init", "--court", "Yingkou/1", "--name", "x")

    assert status == 1
    assert "Yingkou/1" in error


def test_pages_without_https_are_served_on_loopback_only(shell: Shell, data: Path) -> None:
    shell("init", *INIT[:5], "--http", "0.0.0.0:18080")

    status, _, error = shell("run")

    assert status == 1
    assert "HTTPS" in error
