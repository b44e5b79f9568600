"""People at the office's pages: signing in, importing, looking for a volume, opening a compartment, being told no."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page, Request, expect

from custody.grants import Role
from hub.core.access import ACCESS
from tests.hub.pretend_office import PASSWORD
from tests.support.ports import answers, free_port
from tests.support.processes import Process

ROOT = Path(__file__).parents[2]

PAGES = {what: needed for what, needed in ACCESS.items() if what.startswith("PAGE ")}

LIST = """案号,正副卷,册号,总册数,页数
（2026）辽0811民初7号,正卷,1,1,44
辽0811民初8,正卷,1,1,44
（2026）辽0802民初123号,正卷,1,3,120
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an office with pretend cabinets behind it."""
    port = free_port()
    words = [sys.executable, "-m", "tests.hub.web.serve_pretend", str(port)]
    with Process(words, log=tmp_path_factory.mktemp("office") / "log", folder=ROOT) as serving:
        serving.wait_ready(lambda: answers(port), seconds=60)
        yield f"http://127.0.0.1:{port}"


class Person:
    """Somebody at a browser. Requests that leave the machine are kept, and what the browser complains of."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.abroad: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", self._requested)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, user: str, password: str = PASSWORD) -> Page:
        self.go("/login")
        self.page.get_by_label(re.compile("用户名|User name")).fill(user)
        self.page.get_by_label(re.compile("密码|Password")).fill(password)
        self.page.get_by_role("button", name=re.compile("登录|Sign in")).click()
        return self.page

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self.address, self.address.replace("http", "ws", 1), "data:", "blob:")):
            self.abroad.append(request.url)


@pytest.fixture
def come(person: Callable[..., BrowserContext], office: str) -> Iterator[Callable[..., Person]]:
    people: list[Person] = []

    def arrive(user: str | None = None, *, locale: str = "zh-CN") -> Person:
        one = Person(person(locale=locale), office)
        people.append(one)
        if user is not None:
            one.sign_in(user)
            expect(one.page.locator(".frame-side")).to_be_visible()
        return one

    yield arrive
    for one in people:
        assert one.abroad == []
        assert one.complaints == []


Come = Callable[..., Person]


def test_a_wrong_password_is_answered_with_one_sentence_and_the_right_one_lets_in(come: Come) -> None:
    clerk = come()
    clerk.sign_in("staff", "not-the-password")
    expect(clerk.page.locator(".note")).to_contain_text("用户名或密码不对")
    clerk.sign_in("nobody-knows", "not-the-password")
    expect(clerk.page.locator(".note")).to_contain_text("用户名或密码不对")

    clerk.sign_in("staff")

    expect(clerk.page.get_by_role("heading", name="总览")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/queue", "/volumes/v-0000", "/stations/cab-1", "/people", "/search?q=1"])
def test_who_is_not_signed_in_sees_no_page(come: Come, path: str) -> None:
    stranger = come()
    stranger.go(path)

    expect(stranger.page.locator(".login-card")).to_be_visible()
    assert stranger.page.url.endswith("/login")


@pytest.mark.parametrize("role", [*Role, None])
def test_every_page_lets_in_exactly_the_roles_it_lists(office: str, role: Role | None) -> None:
    with httpx.Client(base_url=office, headers={"Accept-Language": "zh"}) as client:
        if role is not None:
            client.post("/api/v1/session", json={"user": role, "password": PASSWORD}).raise_for_status()
        for what, needed in PAGES.items():
            path = what.removeprefix("PAGE ").replace("{volume}", "v-0000").replace("{station}", "cab-1")

            answer = client.get(path)

            if role is None and needed is not None:
                assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
            elif needed is not None:
                assert answer.status_code == 200, path
                assert ("您的账号不能查看这一页" in answer.text) == (role not in needed), path


def test_a_page_left_open_is_no_longer_for_whoever_signed_out(come: Come) -> None:
    clerk = come("staff")
    left_open = clerk.page
    other = left_open.context.new_page()
    other.goto(clerk.address + "/queue")
    other.get_by_role("button", name="退出").click()
    expect(other.locator(".login-card")).to_be_visible()

    manager = come("manager").go("/volumes/v-0004")
    staff = come("staff").go("/volumes/v-0004")
    staff.get_by_role("button", name="放行页数差异").click()
    staff.get_by_label("原因").click()
    staff.get_by_text("空白背面未扫描").click()
    staff.locator(".q-dialog").get_by_role("button", name="放行页数差异").click()

    expect(manager.locator(".note-turn")).to_be_visible()
    expect(left_open.locator(".login-card")).to_be_visible()


def test_a_list_is_checked_first_then_registered_and_wrong_rows_say_why(come: Come) -> None:
    page = come("staff").go("/import")
    page.locator(".q-uploader__input").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode("gb18030")}
    )
    refused = page.locator("#report tbody tr").first
    expect(refused).to_contain_text("“案号”列的“辽0811民初8”")
    expect(refused).to_contain_text("3")
    expect(page.locator(".note").first).to_contain_text("尚未登记")

    page.get_by_role("button", name="登记 1 册").click()

    expect(page.locator(".note").first).to_contain_text("已登记 1 册")
    page.get_by_role("link", name=re.compile("辽0811民初7号")).click()
    expect(page.get_by_role("heading", name="（2026）辽0811民初7号")).to_be_visible()


def test_a_spreadsheets_own_file_is_refused_with_the_remedy(come: Come) -> None:
    page = come("staff").go("/import")
    page.locator(".q-uploader__input").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": b"PK\x03\x04..."}
    )

    expect(page.locator(".note")).to_contain_text("另存为")


def test_the_volume_page_answers_where_then_what_is_due_then_what_is_missing(come: Come) -> None:
    page = come("staff").go("/volumes/v-0000")

    expect(page.locator(".where-place")).to_have_text("立案大厅云柜 07 号格")
    expect(page.locator(".where-why")).to_contain_text("待取人：扫描队列")
    expect(page.locator(".unwatched").last).to_contain_text("无人值守")
    expect(page.locator(".step-next")).to_have_text("装订")
    expect(page.locator(".set-missing")).to_contain_text("尚未登记")


def test_the_mark_of_a_line_opens_the_signed_record_behind_it(come: Come) -> None:
    page = come("auditor").go("/volumes/v-0000")
    page.locator(".event button").first.click()

    expect(page.locator(".proof")).to_contain_text("cab-1.aa.6")
    expect(page.locator(".proof")).to_contain_text("yungui.volume.deposited")


def test_a_difference_of_pages_is_released_with_a_reason_and_the_page_follows(come: Come) -> None:
    page = come("staff").go("/volumes/v-0003")
    watching = come("manager").go("/volumes/v-0003")
    expect(watching.locator(".note-person").first).to_contain_text("页数不一致")
    expect(watching.get_by_role("button", name="放行页数差异")).to_have_count(0)

    page.get_by_role("button", name="放行页数差异").click()
    page.get_by_label("原因").click()
    page.get_by_text("空白背面未扫描").click()
    page.locator(".q-dialog").get_by_role("button", name="放行页数差异").click()

    expect(page.locator(".q-notification")).to_contain_text("已放行")
    expect(watching.locator(".note-turn")).to_contain_text("已由本院人员放行")


def test_an_opening_from_afar_is_told_only_as_far_as_it_was_sensed(come: Come) -> None:
    page = come("administrator").go("/stations/cab-1")
    page.locator(".door", has_text="01").first.click()
    page.get_by_role("button", name="打开 01 号格").click()
    page.get_by_label("原因").click()
    page.get_by_text("维修").click()
    page.get_by_role("button", name="发送开门指令").click()

    expect(page.locator(".progress .now")).to_contain_text("尚未感应到打开")
    expect(page.locator(".progress")).to_contain_text("01 号格已感应到打开")
    expect(page.locator(".door-open", has_text="01")).to_be_visible()


def test_a_door_that_jams_is_never_shown_as_open(come: Come) -> None:
    page = come("administrator").go("/stations/cab-1?door=cab-1.02")
    page.get_by_role("button", name="打开 02 号格").click()
    page.get_by_label("原因").click()
    page.get_by_text("维修").click()
    page.get_by_role("button", name="发送开门指令").click()

    expect(page.locator(".progress .bad")).to_contain_text("未感应到柜门打开")
    expect(page.locator(".door-open", has_text="02")).to_have_count(0)


def test_only_administrators_are_offered_to_open_from_afar(come: Come) -> None:
    page = come("staff").go("/stations/cab-1?door=cab-1.03")

    expect(page.get_by_role("heading", name=re.compile("03 号格"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("打开"))).to_have_count(0)


def test_a_person_and_an_account_are_added(come: Come) -> None:
    page = come("administrator").go("/people")
    page.get_by_role("button", name="添加人员").click()
    dialog = page.locator(".q-dialog")
    dialog.get_by_label("姓名").fill("周岚")
    dialog.get_by_role("checkbox", name="本院人员").click()
    dialog.get_by_role("button", name="添加人员").click()

    expect(page.locator("#people")).to_contain_text("周岚")
    expect(dialog).to_have_count(0)

    page.get_by_role("button", name="开通账号").click()
    dialog.get_by_label("姓名").click()
    dialog.get_by_label("姓名").fill("周岚")
    page.locator(".q-menu").get_by_text("周岚").click()
    dialog.get_by_label("用户名").fill("zhoulan")
    dialog.get_by_role("button", name="开通账号").click()
    shown = page.locator(".q-dialog", has_text="账号 zhoulan 的一次性登录码")
    code = shown.locator(".mono").inner_text()
    shown.get_by_role("button", name="关闭").click()

    theirs = come().go("/login")
    theirs.get_by_label("用户名").fill("zhoulan")
    theirs.get_by_label("密码").fill(code)
    theirs.get_by_role("button", name="登录").click()
    expect(theirs.locator(".note")).to_contain_text("请在此设定您自己的密码")
    theirs.get_by_label("用户名").fill("zhoulan")
    theirs.get_by_label("一次性登录码").fill(code)
    theirs.get_by_label("您自己的密码").fill("zhoulan-2026")
    theirs.get_by_role("button", name="设定密码并登录").click()
    expect(theirs.locator(".note")).to_contain_text("太容易猜到")
    theirs.get_by_label("用户名").fill("zhoulan")
    theirs.get_by_label("一次性登录码").fill(code)
    theirs.get_by_label("您自己的密码").fill("lotus-pond-88")
    theirs.get_by_role("button", name="设定密码并登录").click()
    expect(theirs.locator(".frame-foot")).to_contain_text("周岚")


def test_an_administrator_gives_another_one_time_code_and_the_page_tells_what_was_done(come: Come) -> None:
    page = come("administrator").go("/people")
    expect(page.locator("#accounts")).to_contain_text("在中心服务器上办理")

    page.locator("#people tr", has_text="operator").get_by_role("button", name="重发登录码").click()
    page.locator(".q-dialog").get_by_role("button", name="重发登录码").click()

    shown = page.locator(".q-dialog", has_text="账号 operator 的一次性登录码")
    code = shown.locator(".mono")
    expect(code).to_have_text(re.compile(r"^([a-z2-9]{5}-){3}[a-z2-9]{5}$"))
    theirs = come(locale="en-GB").go("/welcome")
    theirs.get_by_label("User name").fill("operator")
    theirs.get_by_label("One-time code").fill(code.inner_text())
    theirs.get_by_label("Your own password").fill(PASSWORD)
    theirs.get_by_role("button", name="Choose and sign in").click()
    expect(theirs.locator(".frame-side")).to_be_visible()


def test_an_auditor_reads_what_was_done_to_accounts_and_changes_nothing(come: Come) -> None:
    page = come("auditor").go("/people")

    expect(page.locator("#accounts tbody tr")).to_have_count(2)
    expect(page.get_by_role("button", name="重发登录码")).to_have_count(0)


def test_a_role_without_the_right_is_told_so_politely(come: Come) -> None:
    operator = come("operator")

    for path in ("/people", "/import", "/discrepancies", "/labels"):
        operator.go(path)
        expect(operator.page.locator(".empty")).to_contain_text("您的账号不能查看这一页")
    expect(operator.page.locator(".nav a")).to_have_count(2)


def test_a_discrepancy_is_settled_and_the_count_in_every_frame_falls(come: Come) -> None:
    watching = come("manager").go("/queue")
    page = come("staff").go("/discrepancies")
    expect(watching.locator(".count")).to_have_text("3")

    page.get_by_role("button", name="处理").first.click()
    page.get_by_label("原因").click()
    page.get_by_text("已现场核对，以实物为准").click()
    page.locator(".q-dialog").get_by_role("button", name="处理").click()

    expect(watching.locator(".count")).to_have_text("2")
    expect(page.get_by_role("heading", name="最近处理")).to_be_visible()


def test_a_slash_leads_to_the_search_box_and_keys_to_the_answer(come: Come) -> None:
    page = come("staff").page
    page.keyboard.press("/")
    page.keyboard.type("123")
    expect(page.locator(".hit").first).to_contain_text("立案大厅云柜 07 号格")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="（2026）辽0802民初123号")).to_be_visible()


def test_the_queue_is_filtered_and_walked_by_keys(come: Come) -> None:
    page = come("operator").go("/queue")
    page.get_by_label("筛选").fill("民初405")
    expect(page.locator("#queue tbody tr:not(.hidden)")).to_have_count(1)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="（2026）辽0804民初405号")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/", "/queue", "/volumes/v-0000", "/stations/cab-1", "/discrepancies", "/people", "/import", "/labels"]
)
def test_every_page_speaks_english_too_and_leaves_no_key_untold(come: Come, path: str) -> None:
    page = come("administrator", locale="en-GB").go(path)
    expect(page.locator(".frame-main h1")).to_be_visible()

    told = page.locator("body").inner_text()
    assert re.findall(r"\b(?:[a-z_]+\.)+[a-z_]{3,}\b", told.replace("cab-1.aa", "")) == []
    assert "Overview" in told


def test_the_language_is_changed_where_one_stands(come: Come) -> None:
    page = come("staff").go("/queue")
    page.get_by_role("link", name="English").click()

    expect(page.get_by_role("heading", name="Archive queue")).to_be_visible()
    assert page.url.endswith("/queue")


def test_a_page_that_is_not_there_leads_back(come: Come) -> None:
    page = come("staff").go("/volumes")
    expect(page.get_by_role("link", name="返回总览")).to_be_visible()

    page = come("staff").go("/volumes/v-9999")
    expect(page.locator(".empty")).to_contain_text("没有编号为“v-9999”的卷宗")


def test_signing_out_ends_it(come: Come) -> None:
    clerk = come("staff")
    clerk.page.get_by_role("button", name="退出").click()
    expect(clerk.page.locator(".login-card")).to_be_visible()

    clerk.go("/")
    expect(clerk.page.locator(".login-card")).to_be_visible()


def test_an_administrator_invites_a_station_and_shuts_one_out(come: Come) -> None:
    page = come("administrator").go("/enrolment")
    page.get_by_role("button", name="登记新设备").click()
    page.get_by_label("编号").fill("cab-7")
    page.get_by_label("名称").fill("七号柜")
    page.get_by_role("button", name="登记新设备").last.click()

    expect(page.locator("pre", has_text="YUNGUI1/HUB.COURT:8443/CAB-7/")).to_be_visible()
    page.get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="吊销").first.click()
    page.get_by_label("原因").click()
    page.get_by_role("option", name="被盗").click()
    page.get_by_role("button", name="吊销").last.click()
    expect(page.get_by_text("已吊销 cab-1")).to_be_visible()


def test_a_person_sees_and_ends_a_session_of_their_own(come: Come) -> None:
    elsewhere, here = come("auditor"), come("auditor")
    page = here.go("/me")
    end = page.get_by_role("button", name="结束")
    expect(end).not_to_have_count(0)
    for left in reversed(range(end.count())):  # whatever sessions this person has elsewhere
        end.first.click()
        expect(end).to_have_count(left)

    elsewhere.go("/queue")
    expect(elsewhere.page.locator(".login-card")).to_be_visible()


def test_a_code_is_told_once_and_can_be_revoked_from_its_list(come: Come) -> None:
    page = come("staff").go("/arrangements")
    expect(page.get_by_role("button", name="新建团队")).to_have_count(0)  # teams are the administrator's
    page.get_by_role("button", name="开取件码").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("姓名").click()
    page.get_by_role("option", name="王敏").click()
    dialog.get_by_label("案号或标签").fill("（2026）辽0802民初123号")
    dialog.get_by_role("button", name="开取件码").dblclick()  # a hand that is used to folders

    expect(page.get_by_text("2046 1357")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.get_by_text("2046 1357")).to_have_count(1)
    with page.expect_download() as printed:
        page.get_by_role("button", name="打印取件单").click()
    ticket = pypdfium2.PdfDocument(printed.value.path())[0]
    assert "王敏" in ticket.get_textpage().get_text_range()
    (code,) = zxingcpp.read_barcodes(ticket.render(scale=200 / 72).to_pil().convert("L"))
    assert code.text == "20461357"
    page.get_by_role("button", name="已告知").click()

    expect(page.locator("#codes")).to_contain_text("王敏")
    expect(page.locator("#codes").get_by_role("button", name="作废").first).to_be_visible()
    expect(page.get_by_text("2046 1357")).to_have_count(0)


def test_a_team_that_an_administrator_founds_is_listed(come: Come) -> None:
    page = come("administrator").go("/arrangements")
    page.get_by_role("button", name="新建团队").click()
    page.get_by_label("团队名称").fill("民一庭")
    page.get_by_role("dialog").get_by_role("button", name="新建团队").click()

    expect(page.locator("#teams")).to_contain_text("民一庭")


def test_a_number_for_a_badge_is_told_once_and_can_be_ended(come: Come) -> None:
    page = come("administrator").go("/arrangements")
    page.get_by_role("button", name="设置密码").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("姓名").click()
    page.get_by_role("option", name="王敏").click()
    dialog.get_by_role("button", name="设置密码").click()

    expect(page.get_by_text("731 904")).to_be_visible()
    page.get_by_role("button", name="已告知").click()
    expect(page.locator("#pins")).to_contain_text("王敏")
    expect(page.get_by_text("731 904")).to_have_count(0)

    page.locator("#pins").get_by_role("button", name="取消密码").first.click()
    expect(page.locator("#pins")).to_have_count(0)


def test_the_court_decides_on_its_rules_and_announces_a_holiday(come: Come) -> None:
    page = come("administrator").go("/policy")
    expect(page.locator("#alone")).to_contain_text("立案大厅云柜")
    expect(page.locator("#overdue")).to_contain_text("王敏")
    page.locator("#rules").get_by_role("button", name="更改").first.click()
    page.get_by_label("天数").fill("99")
    page.get_by_role("dialog").get_by_role("button", name="更改").click()
    expect(page.get_by_text("天数应在 1 至 30 之间。")).to_be_visible()
    page.get_by_label("天数").fill("14")
    page.get_by_role("dialog").get_by_role("button", name="更改").click()
    expect(page.locator("#rules")).to_contain_text("14 天")

    page.get_by_role("button", name="登记休息日").click()
    page.get_by_label("第一天").fill("2027-02-05")
    page.get_by_label("最后一天").fill("2027-02-12")
    page.get_by_role("dialog").get_by_role("button", name="登记休息日").click()
    expect(page.locator("#closures")).to_contain_text("8 天")

    page.locator("#closures").get_by_role("button", name="撤销").click()
    expect(page.locator("#closures")).to_have_count(0)


def test_who_only_reads_the_rules_is_offered_no_change(come: Come) -> None:
    page = come("auditor").go("/policy")

    expect(page.locator("#rules")).to_be_visible()
    expect(page.get_by_role("button", name="更改")).to_have_count(0)
    expect(page.get_by_role("button", name="登记休息日")).to_have_count(0)


def test_a_mistaken_record_is_corrected_and_a_second_person_stands_for_it(come: Come) -> None:
    page = come("staff").go("/volumes/v-0000")
    page.get_by_role("button", name="更正").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("现在记录为")).to_be_visible()
    dialog.get_by_role("button", name="更正").click()
    expect(page.get_by_text("请选择原因，并在位置和持有人中选一项。")).to_be_visible()
    dialog.get_by_label("原因").click()
    page.get_by_role("option").first.click()
    dialog.get_by_label("实际在哪里").click()
    page.get_by_role("option", name="A1 架").click()
    dialog.get_by_role("button", name="更正").click()
    expect(page.get_by_text("等待第二人在“差异”页复核")).to_be_visible()

    inbox = come("manager").go("/discrepancies")
    expect(inbox.locator("#corrections")).to_contain_text("A1 架")
    inbox.locator("#corrections").get_by_role("button", name="复核通过").click()
    expect(inbox.locator("#corrections")).to_have_count(0)


def test_two_people_are_needed_until_two_people_end_it(come: Come) -> None:
    page = come("staff").go("/volumes/v-0003")
    page.get_by_role("button", name="须两人同取").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").click()
    page.get_by_role("option", name="涉及个人隐私").click()
    dialog.get_by_role("button", name="须两人同取").click()
    expect(page.get_by_text("打开它所在的格口要两张证卡")).to_be_visible()

    page.get_by_role("button", name="取消两人同取").click()
    dialog.get_by_label("原因").click()
    page.get_by_role("option", name="已无必要").click()
    dialog.get_by_role("button", name="取消两人同取").click()

    expect(page.get_by_text("此前仍须两人").last).to_be_visible()
    expect(page.get_by_text("打开它所在的格口要两张证卡")).to_be_visible()
    expect(page.get_by_text("待另一人在“差异”页确认。")).to_be_visible()
    expect(page.get_by_role("button", name="取消两人同取")).to_have_count(0)
    inbox = come("manager").go("/discrepancies")
    expect(inbox.locator("#liftings")).to_contain_text("已无必要")
    expect(come("auditor").go("/discrepancies").locator("#liftings button")).to_have_count(0)
    inbox.locator("#liftings").get_by_role("button", name="确认取消").click()
    expect(inbox.locator("#liftings")).to_have_count(0)
    expect(page.get_by_text("打开它所在的格口要两张证卡")).to_have_count(0)


def test_a_period_is_closed_up_to_a_day(come: Come) -> None:
    page = come("administrator").go("/policy")
    page.get_by_role("button", name="结清期间").click()
    page.get_by_label("最后一天").last.fill("2026-10-31")
    page.get_by_role("dialog").get_by_role("button", name="结清期间").click()

    expect(page.get_by_text("期间已结清。")).to_be_visible()


def test_a_volume_for_two_people_is_set_on_its_own_page(come: Come) -> None:
    page = come("staff").go("/volumes/v-0000")
    page.get_by_role("button", name="须两人同取").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").click()
    page.get_by_role("option").first.click()
    dialog.get_by_role("button", name="须两人同取").click()

    expect(page.get_by_text("已办妥，柜机数秒内生效。")).to_be_visible()


def test_an_administrator_erases_a_partys_number_from_the_list(come: Come) -> None:
    clerk = come("staff").go("/papers")
    expect(clerk.locator("#papers")).to_contain_text("13900000000")
    expect(clerk.get_by_role("button", name="删除号码")).to_have_count(0)

    page = come("administrator").go("/papers")
    page.get_by_role("button", name="删除号码").first.click()
    expect(page.get_by_text("交接记录和证明不变")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="删除号码").click()

    expect(page.locator("#papers")).not_to_contain_text("13900000000")
