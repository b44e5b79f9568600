"""The negative control: a courier that believes the broker. What the broker took is delivered, it thinks.

It is made of the real courier and exists in tests alone. What the real one survives must cost this one events.
"""

from __future__ import annotations

from custody.messages import Ack, Verdict
from edge.core import outbox
from edge.core.outbox import Heard, Sent
from edge.courier import Courier

__all__ = ["TrustingCourier"]


class TrustingCourier(Courier):
    """A PUBACK is enough for it; of the hub's words it takes none but *go on*."""

    def _advance(self, stimulus: outbox.Stimulus, *, ack: Ack | None = None) -> None:
        if isinstance(stimulus, Heard):
            current = self._outbox.branches[-1]
            stimulus = Heard(Verdict.TIP, current.epoch, current.acknowledged)
        super()._advance(stimulus, ack=ack)
        if isinstance(stimulus, Sent):
            super()._advance(Heard(Verdict.COMMITTED, stimulus.epoch, stimulus.last))
