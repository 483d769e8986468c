# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""What parts come to, once there are all of them."""

from __future__ import annotations

from collections.abc import Iterable
import hashlib

from glance_artifacts.db import records
from glance_artifacts import exceptions

#: Numbers and sha256 of parts, as a client lists them.
Listed = list[tuple[int, str]]


def check(session: records.Session, parts: list[records.Segment],
          listed: Listed | None) -> str:
    """Whether the parts of a session make a whole; its tree digest.

    :param parts: what has arrived, in order
    :param listed: what the client takes to have arrived; None: it says not
    :raises Conflict: ``artifact.upload.incomplete``
    :raises DigestMismatch: when it is not the one that the client expects
    """
    for n, part in enumerate(parts, 1):
        if part.n != n:
            raise _incomplete('Part %d is missing.' % n)
        if part.size != session.part_size and n < len(parts):
            raise _incomplete('Part %d has %d bytes, not %d, and is not the'
                              ' last.' % (n, part.size, session.part_size))
    if not parts:
        raise _incomplete('There are no parts.')
    total = sum(part.size for part in parts)
    if session.size not in (None, total):
        raise _incomplete('The parts have %d bytes, not %d as announced.'
                          % (total, session.size))
    if listed is not None:
        _check_listed(parts, listed)
    digest = tree(part.sha256 for part in parts)
    if session.tree_sha256 not in (None, digest):
        raise exceptions.DigestMismatch(
            'The parts have the tree digest %s, not %s as announced.'
            % (digest, session.tree_sha256), field='tree_sha256')
    return digest


def tree(digests: Iterable[str]) -> str:
    """The tree digest: sha256 over the parts' binary sha256, in order.

    :param digests: in hex
    """
    return hashlib.sha256(b''.join(map(bytes.fromhex, digests))).hexdigest()


def _check_listed(parts: list[records.Segment], listed: Listed) -> None:
    there = [(part.n, part.sha256) for part in parts]
    if listed == there:
        return
    for expected, found in zip(listed, there):
        if expected != found:
            raise _incomplete('Part %d is not as listed.' % found[0],
                              'parts')
    raise _incomplete('There are %d parts, and %d are listed.'
                      % (len(there), len(listed)), 'parts')


def _incomplete(detail: str, field: str | None = None) -> exceptions.Conflict:
    return exceptions.Conflict(detail, code='artifact.upload.incomplete',
                               field=field)
