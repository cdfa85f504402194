# SPDX-License-Identifier: Apache-2.0
"""Links of mails: signed, so that nothing need be stored and nobody can make one for somebody else."""

import hashlib
import hmac
from typing import Literal
from uuid import UUID

from shopwright.context import Context

Purpose = Literal["confirm", "stop"]
_ID, _PROOF = 32, 32


def token(ctx: Context, purpose: Purpose, notice_id: UUID) -> str:
    """Give what stands in the link: the notice, and the proof that we made it."""
    return notice_id.hex + _proof(ctx, ctx.kernel.secret_keys[0], purpose, notice_id)


def notice_of(ctx: Context, purpose: Purpose, given: str) -> UUID | None:
    """Give the notice of a link; None when it is none of ours, or for something else."""
    if len(given) != _ID + _PROOF or not given.isascii():
        return None
    try:
        notice_id = UUID(hex=given[:_ID])
    except ValueError:
        return None
    proofs = [_proof(ctx, key, purpose, notice_id) for key in ctx.kernel.secret_keys]
    return notice_id if any(hmac.compare_digest(given[_ID:], proof) for proof in proofs) else None


def _proof(ctx: Context, key: str, purpose: Purpose, notice_id: UUID) -> str:
    message = b"stock_notices\0" + purpose.encode() + b"\0" + ctx.store.id.bytes + notice_id.bytes
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()[:_PROOF]
