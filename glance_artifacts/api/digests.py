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

"""What a client says the sha256 of its body is."""

from __future__ import annotations

import base64
from collections.abc import Mapping
import re

from glance_artifacts import exceptions

OWN = 'X-Artifact-SHA256'
STANDARD = 'Content-Digest'
_SHA256 = re.compile(r'(?:^|,)\s*sha-256\s*=\s*([^,]*)')


def expected(headers: Mapping[str, str]) -> str | None:
    """The digest in hex, from our own header or that of RFC 9530.

    Digests of other algorithms are left unread, as the RFC allows.

    :raises BadRequest: for what is no digest, or two that differ
    """
    found = {_hex(headers[OWN])} if OWN in headers else set()
    standard = _SHA256.search(headers.get(STANDARD, ''))
    if standard is not None:
        found.add(_byte_sequence(standard[1]))
    if len(found) > 1:
        raise _bad(STANDARD)
    return found.pop() if found else None


def _hex(text: str) -> str:
    if not re.fullmatch('[0-9a-fA-F]{64}', text):
        raise _bad(OWN)
    return text.lower()


def _byte_sequence(text: str) -> str:
    """A byte sequence of RFC 8941, section 3.3.5."""
    text = text.partition(';')[0].strip()
    try:
        digest = base64.b64decode(text[1:-1], validate=True)
    except ValueError:  # binascii.Error is one; so is what is not ASCII
        raise _bad(STANDARD) from None
    if text[:1] != ':' or text[-1:] != ':' or len(digest) != 32:
        raise _bad(STANDARD)
    return digest.hex()


def _bad(header: str) -> exceptions.BadRequest:
    return exceptions.BadRequest(
        '%s is not the one sha256 digest of the body.' % header,
        code='request.header', field=header)
