"""The pins of a Raspberry Pi through `import RPi.GPIO`, which `rpi-lgpio` and the old `RPi.GPIO` both satisfy.

The only file that touches a pin, and only the guard's process loads it. Direction and level are set in one step, so no
relay blips. Levels are read and contacts settle by our own rule: what `bouncetime` means differs between the two
libraries. Pins are not cleaned up at the end: `cleanup` would let the inputs of the relays float.
"""

import importlib
from typing import Any, Final

from hardware.ports import LossReason


class PinsError(Exception):
    """Why there are no pins: a reason, and a sentence with the remedy, Chinese and English."""

    def __init__(self, reason: LossReason, chinese: str, english: str) -> None:
        self.reason, self.chinese, self.english = reason, chinese, english
        super().__init__(f"{chinese}\n{english}")


class Pins:
    """Locks and contacts by channel, from 1."""

    def __init__(
        self, locks: tuple[int, ...], contacts: tuple[int, ...], *, on_high: bool, closed_high: bool, pull: str
    ) -> None:
        """Drive every lock pin to its off level before anything else, those after a pin that fails too.

        PinsError when any pin cannot be had.
        """
        self._locks, self._contacts = locks, contacts
        self._on, self._closed = int(on_high), int(closed_high)
        gpio = self._gpio = library()
        failed: list[Exception] = []
        for pin in locks:
            try:
                gpio.setup(pin, gpio.OUT, initial=1 - self._on)
            except Exception as wrong:  # noqa: BLE001 rpi-lgpio raises lgpio.error, a class only it has
                failed.append(wrong)
        if failed:
            raise explained(failed[0]) from failed[0]
        pulls = {"up": gpio.PUD_UP, "down": gpio.PUD_DOWN, "none": gpio.PUD_OFF}
        try:
            for pin in contacts:
                gpio.setup(pin, gpio.IN, pull_up_down=pulls[pull])
        except Exception as wrong:
            raise explained(wrong) from wrong

    def switch(self, channel: int, *, on: bool) -> None:
        self._gpio.output(self._locks[channel - 1], self._on if on else 1 - self._on)

    def is_on(self, channel: int) -> bool:
        """The level of the pin itself, read back."""
        return bool(self._gpio.input(self._locks[channel - 1]) == self._on)

    def is_closed(self, channel: int) -> bool:
        return bool(self._gpio.input(self._contacts[channel - 1]) == self._closed)

    def all_off(self) -> None:
        """Every lock pin, also when one of them fails."""
        for channel in range(1, len(self._locks) + 1):
            try:
                self.switch(channel, on=False)
            except Exception:  # noqa: BLE001, S112 the other coils must go off all the same
                continue


def explained(failed: Exception) -> PinsError:
    """What an error of either library means and what to do about it."""
    text = f"{type(failed).__name__}: {failed}"
    for part, reason, chinese, english in _KNOWN:
        if part in text:
            return PinsError(reason, f"{chinese}（{failed}）", f"{english} ({failed})")
    return PinsError(LossReason.ABSENT, f"引脚无法使用：{text}。", f"The pins cannot be used: {text}.")


def library() -> Any:
    """`RPi.GPIO`, ready for BCM numbers. PinsError says why not."""
    try:
        gpio = importlib.import_module("RPi.GPIO")
        gpio.setwarnings(False)
        gpio.setmode(gpio.BCM)
    except Exception as wrong:  # off a Pi it is RuntimeError, ImportError or lgpio.error
        raise explained(wrong) from wrong
    return gpio


_KNOWN: Final = (
    (
        "ModuleNotFoundError",
        LossReason.ABSENT,
        "没有安装引脚库。请执行 pip install 'yungui[pi]'（旧系统用 pi-legacy）",
        "no library for pins is installed; run pip install 'yungui[pi]' (pi-legacy on old systems)",
    ),
    (
        "only be run on a Raspberry Pi",
        LossReason.ABSENT,
        "本机不是树莓派。请在树莓派上运行，或从 wiring.toml 中删去 [[gpio]]",
        "this machine is no Raspberry Pi; run it on one, or take [[gpio]] out of wiring.toml",
    ),
    (
        "Cannot determine SOC peripheral base address",
        LossReason.ABSENT,
        "RPi.GPIO 不支持这款树莓派（Pi 5）。请执行 pip uninstall RPi.GPIO，再执行 pip install rpi-lgpio",
        "RPi.GPIO does not know this Raspberry Pi (Pi 5); run pip uninstall RPi.GPIO, then pip install rpi-lgpio",
    ),
    (
        "can not open gpiochip",
        LossReason.ABSENT,
        "打不开 gpiochip。请在 [[gpio]] 中写 chip = 0（旧内核的 Pi 5 写 4）；若已写对，请把用户加入 gpio 组",
        "the gpiochip cannot be opened; write chip = 0 in [[gpio]] (4 on old Pi 5 kernels), and join the group gpio",
    ),
    (
        "No access to /dev/mem",
        LossReason.DENIED,
        "没有使用引脚的权限。请把用户加入 gpio 组：sudo usermod -aG gpio 用户名，然后重新登录",
        "no right to use the pins; add the user to the group gpio: sudo usermod -aG gpio USER, and log in again",
    ),
    (
        "PermissionError",
        LossReason.DENIED,
        "没有使用引脚的权限。请把用户加入 gpio 组：sudo usermod -aG gpio 用户名，然后重新登录",
        "no right to use the pins; add the user to the group gpio: sudo usermod -aG gpio USER, and log in again",
    ),
    (
        "GPIO busy",
        LossReason.BUSY,
        "有引脚被别的程序或功能（1-wire、SPI、另一个代理）占用。请关掉它，或换一个引脚",
        "a pin is taken by another program or function (1-wire, SPI, another agent); end that, or use another pin",
    ),
    (
        "GPIO not allocated",
        LossReason.BUSY,
        "有引脚被别的程序或功能占用。请关掉它，或换一个引脚",
        "a pin is taken by another program or function; end that, or use another pin",
    ),
    (
        "channel sent is invalid",
        LossReason.MISFIT,
        "wiring.toml 中有这款树莓派没有的引脚。请改 locks 或 contacts",
        "wiring.toml names a pin that this Raspberry Pi has not; change locks or contacts",
    ),
)
