"""Sets of photos of our own labels, one a degradation. Seeded: photo n of a set is the same photo everywhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from custody.identifiers import LabelKind, make_label
from hardware.simulated.photo import SIZE, Grey, Look, label, photograph

__all__ = ["SETS", "Photo", "photos"]

_PHONE: Final = (4000, 3000)
_PRINTS: Final = (("CODE128",), ("QRCODE",), ("CODE128", "QRCODE"))


@dataclass(frozen=True, slots=True)
class Photo:
    """`texts`: what is printed on the labels in it."""

    image: Grey
    texts: frozenset[str]


def photos(name: str, count: int, *, seed: int = 0) -> Iterator[Photo]:
    """So many photos of a set, on by one with Code 128, with QR, and with both."""
    for number in range(count):
        yield _photo(name, number, seed)


class _Dice:
    """A seeded draw with the words that the sets use."""

    def __init__(self, *seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def within(self, low: float, high: float) -> float:
        return float(self._random.uniform(low, high))

    def either_way(self, low: float, high: float) -> float:
        return self.within(low, high) * self.whichever(-1, 1)

    def whichever(self, *values: int) -> int:
        return int(self._random.choice(values))

    def spot(self, margin: float = 0.1) -> tuple[float, float]:
        return self.within(0.5 - margin, 0.5 + margin), self.within(0.5 - margin, 0.5 + margin)


def _photo(name: str, number: int, seed: int) -> Photo:
    dice = _Dice(seed, number, list(SETS).index(name))
    size = _PHONE if name in _LARGE else SIZE
    looks = SETS[name](dice)
    serial = 1000 * number + seed
    texts = [make_label(LabelKind.VOLUME, serial + at).text for at in range(len(looks))]
    prints = [_PRINTS[(number + at) % len(_PRINTS)] for at in range(len(looks))]
    flats = [label(text, *symbologies) for text, symbologies in zip(texts, prints, strict=True)]
    return Photo(photograph(flats, looks, seed=dice.whichever(*range(1 << 16)), size=size), frozenset(texts))


def _clean(dice: _Dice) -> list[Look]:
    return [Look(module=dice.within(2.5, 4), tilt=dice.either_way(0, 4), centre=dice.spot())]


def _tilted(dice: _Dice) -> list[Look]:
    tilt, noise = dice.either_way(15, 45), dice.within(3, 10)
    return [Look(module=dice.within(1.4, 3), tilt=tilt, noise=noise, blur=dice.within(0.5, 1.2), centre=dice.spot())]


def _leaning(dice: _Dice) -> list[Look]:
    yaw, pitch = dice.either_way(15, 45), dice.either_way(15, 45)
    module, blur = dice.within(1.6, 3), dice.within(0.5, 1.2)
    return [Look(module=module, tilt=dice.either_way(0, 25), yaw=yaw, pitch=pitch, blur=blur, centre=dice.spot())]


def _blurred(dice: _Dice) -> list[Look]:
    module = dice.within(2, 3.5)
    return [Look(module=module, tilt=dice.either_way(0, 20), blur=module * dice.within(0.4, 1.1), centre=dice.spot())]


def _moved(dice: _Dice) -> list[Look]:
    module = dice.within(2, 3.5)
    motion, direction = module * dice.within(1, 4), dice.within(0, 180)
    tilt = dice.either_way(0, 20)
    return [Look(module=module, tilt=tilt, motion=motion, direction=direction, blur=0.6, centre=dice.spot())]


def _dark(dice: _Dice) -> list[Look]:
    light, noise = dice.within(0.04, 0.15), dice.within(3, 9)
    tilt, blur = dice.either_way(0, 20), dice.within(0.5, 1)
    return [Look(module=dice.within(2, 3.5), tilt=tilt, light=light, noise=noise, blur=blur, centre=dice.spot())]


def _shaded(dice: _Dice) -> list[Look]:
    tilt, shade = dice.either_way(0, 30), dice.within(0.06, 0.3)
    module, noise = dice.within(1.5, 3), dice.within(3, 7)
    return [Look(module=module, tilt=tilt, shade=shade, noise=noise, blur=0.8, centre=dice.spot())]


def _glaring(dice: _Dice) -> list[Look]:
    module, glare = dice.within(2, 3.5), dice.within(0.6, 1.2)
    return [Look(module=module, tilt=dice.either_way(0, 25), glare=glare, blur=0.7, centre=dice.spot())]


def _noisy(dice: _Dice) -> list[Look]:
    module, noise = dice.within(1.8, 3.5), dice.within(25, 60)
    return [Look(module=module, tilt=dice.either_way(0, 25), noise=noise, blur=0.8, centre=dice.spot())]


def _compressed(dice: _Dice) -> list[Look]:
    module, quality = dice.within(1.5, 3), round(dice.within(4, 20))
    return [Look(module=module, tilt=dice.either_way(0, 30), quality=quality, blur=0.8, centre=dice.spot())]


def _small(dice: _Dice) -> list[Look]:
    return [Look(module=dice.within(0.9, 1.5), tilt=dice.either_way(0, 45), centre=dice.spot(0.3))]


def _bent(dice: _Dice) -> list[Look]:
    module, curve = dice.within(1.6, 3), dice.within(70, 150)
    tilt, pitch = dice.either_way(0, 30), dice.either_way(0, 25)
    return [Look(module=module, tilt=tilt, pitch=pitch, curve=curve, blur=0.8, centre=dice.spot())]


def _inverted(dice: _Dice) -> list[Look]:
    module, tilt = dice.within(1.5, 3), 180 + dice.either_way(0, 40)
    return [Look(module=module, tilt=tilt, inverted=True, noise=dice.within(3, 9), blur=0.8, centre=dice.spot())]


def _handheld(dice: _Dice) -> list[Look]:
    """A little of everything at once."""
    module = dice.within(1.8, 3.2)
    return [
        Look(
            module=module,
            tilt=dice.within(-180, 180),
            yaw=dice.either_way(0, 30),
            pitch=dice.either_way(0, 30),
            curve=dice.within(0, 60),
            blur=module * dice.within(0.25, 0.55),
            motion=module * dice.within(0, 1.5),
            direction=dice.within(0, 180),
            light=dice.within(0.25, 1),
            shade=dice.within(0.3, 1),
            noise=dice.within(3, 12),
            quality=round(dice.within(30, 90)),
            centre=dice.spot(),
        )
    ]


def _phone(dice: _Dice) -> list[Look]:
    """Twelve megapixels, the label a small part of them."""
    return [
        Look(
            module=dice.within(1.8, 4),
            tilt=dice.either_way(0, 45),
            yaw=dice.either_way(0, 30),
            blur=dice.within(0.8, 1.8),
            shade=dice.within(0.3, 1),
            noise=dice.within(3, 10),
            quality=60,
            centre=dice.spot(0.35),
        )
    ]


def _several(dice: _Dice) -> list[Look]:
    """Four labels side by side, each as it fell; all must be found."""
    places = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
    module, blur = dice.within(1.8, 2.4), dice.within(0.5, 1.3)
    return [Look(module=module, tilt=dice.either_way(0, 25), blur=blur, centre=centre) for centre in places]


SETS: Final[dict[str, Callable[[_Dice], list[Look]]]] = {
    "clean": _clean,
    "tilted": _tilted,
    "leaning": _leaning,
    "blurred": _blurred,
    "moved": _moved,
    "dark": _dark,
    "shaded": _shaded,
    "glaring": _glaring,
    "noisy": _noisy,
    "compressed": _compressed,
    "small": _small,
    "bent": _bent,
    "inverted": _inverted,
    "handheld": _handheld,
    "phone": _phone,
    "several": _several,
}
_LARGE: Final = frozenset({"phone"})
