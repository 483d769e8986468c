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

"""JSON from strangers."""

from __future__ import annotations

from collections.abc import Collection
import json
import re
from typing import Any
from typing import BinaryIO

from glance_artifacts import exceptions

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
# A string that never ends is taken to the end, too: to look for another start
# in it, time and again, would take hours.
_NESTING = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def read(source: BinaryIO, length: int | None) -> bytes:
    """A whole body of at most ``MAX_BYTES``.

    :param length: what the client announced; None when it did not say
    :raises TooLarge: when it is longer
    :raises BadRequest: when it ends early
    """
    if (length or 0) > MAX_BYTES:
        raise _too_large(length)
    pieces, count = [], 0
    try:
        while piece := source.read(MAX_BYTES + 1 - count):
            pieces.append(piece)
            count += len(piece)
            if count > MAX_BYTES:
                raise _too_large(count)
    except OSError as exc:
        raise exceptions.BadRequest('The body ended early.',
                                    code='request.truncated') from exc
    return b''.join(pieces)


def parse(body: bytes) -> Any:
    """The value that a body holds (RFC 8259, strictly).

    :raises BadRequest: for anything but JSON of moderate depth without
        duplicate keys and without numbers that JSON has not
    """
    if _depth(body) > MAX_DEPTH:
        raise _invalid('is nested deeper than %d levels' % MAX_DEPTH)
    try:
        return json.loads(body.decode('utf-8'), parse_constant=_constant,
                          object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise _invalid('is not UTF-8') from None
    except ValueError as exc:
        # the message of a parser, without the body itself
        raise _invalid('is not JSON: %s' % str(exc)[:100]) from None


def check_object(body: Any, names: Collection[str]) -> None:
    """Whether a body is an object of no other members than these.

    :raises BadRequest: when it is not
    :raises UnknownField: naming the first other member
    """
    if not isinstance(body, dict):
        raise exceptions.BadRequest('The body must be an object.',
                                    code='request.json')
    for name in body:
        if name not in names:
            raise exceptions.UnknownField('There is no "%s" here.'
                                          % name[:64], field=name[:64])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _invalid('has a key twice in one object')
    return found


def _constant(name: str) -> None:
    raise _invalid('has the number %s, which JSON has not' % name)


def _depth(body: bytes) -> int:
    """How deep brackets are nested, strings aside.

    Asked before parsing: the parser's own limit is the interpreter's stack.
    """
    depth = deepest = 0
    for found in _NESTING.finditer(body):
        if found[0] in (b'[', b'{'):
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in (b']', b'}'):
            depth -= 1
    return deepest


def _invalid(rule: str) -> exceptions.BadRequest:
    return exceptions.BadRequest('The body %s.' % rule, code='request.json')


def _too_large(requested: int | None) -> exceptions.TooLarge:
    return exceptions.TooLarge('The body may have %d bytes.' % MAX_BYTES,
                               limit=MAX_BYTES, requested=requested)
