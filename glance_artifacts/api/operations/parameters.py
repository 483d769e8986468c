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

"""The variables of paths, the parameters of queries, and the headers."""

from __future__ import annotations

import dataclasses
from typing import Any

from glance_artifacts.api import query
from glance_artifacts.db import ids
from glance_artifacts.repository import part_sizes
from glance_artifacts.repository import predicates
from glance_artifacts.types import folder

_DIGEST = {'type': 'string', 'pattern': '^[0-9a-fA-F]{64}$'}
_WHOLE = {'type': 'string', 'pattern': '^[0-9]+$'}


@dataclasses.dataclass(frozen=True)
class Parameter:
    """Something outside the body, in a request or in an answer.

    :param where: ``path``, ``query`` or ``header``
    :param description: what it is
    :param schema: JSON Schema of its value; any string unless given
    :param required: it is always there
    """

    where: str
    description: str
    schema: dict[str, Any] = dataclasses.field(
        default_factory=lambda: {'type': 'string'})
    required: bool = False


PATH = {
    'type_name': Parameter(
        'path', 'The name of a type that the service offers. '
        '``/v{type_version}`` may follow, such as ``ml_models/v1.0``: then it '
        'is about this version of the type alone.', required=True),
    'id': Parameter(
        'path', 'The id of the artifact.',
        {'type': 'string', 'pattern': '^%s$' % ids.PATTERN}, True),
    'tag': Parameter(
        'path', 'One tag: 1 to 255 characters, percent-encoded, without '
        '``/``.', {'type': 'string', 'minLength': 1, 'maxLength': 255}, True),
    'member': Parameter(
        'path', 'The id of a project that the artifact is shared with.',
        {'type': 'string', 'minLength': 1, 'maxLength': 64}, True),
    'blob': Parameter(
        'path', 'The name of a blob or folder field of the type.',
        required=True),
    'key': Parameter(
        'path', 'The key of a file in the folder: the rest of the path. 1 to '
        '255 characters, in parts between ``/``, none of them empty, ``.`` '
        'or ``..``; no control characters. A ``/`` may be sent as it is or as '
        '``%2F``.',
        {'type': 'string', 'minLength': 1, 'maxLength': folder.KEY_LENGTH},
        True),
    'upload': Parameter(
        'path', 'The id of an upload in parts.',
        {'type': 'string', 'pattern': '^%s$' % ids.PATTERN}, True),
    'n': Parameter(
        'path', 'The number of a part, from 1.',
        {'type': 'integer', 'minimum': 1, 'maximum': part_sizes.MOST}, True),
}

QUERY = {
    'limit': Parameter(
        'query', 'Most artifacts on the page: 1 to 1000, 25 unless given.',
        {'type': 'integer', 'minimum': 1, 'maximum': query.MAX_LIMIT,
         'default': query.DEFAULT_LIMIT}),
    'marker': Parameter(
        'query', 'Where the page begins: the marker in ``next`` of the page '
        'before, or the id of an artifact.'),
    'sort': Parameter(
        'query', '``KEY``, ``KEY:asc`` or ``KEY:desc``, or several of them '
        'between commas; ``created_at:desc`` unless given. Keys are the '
        'sortable common fields and the sortable fields of the type.'),
    'sort_key': Parameter(
        'query', 'A key to sort by; may be given several times. Not together '
        'with ``sort``.'),
    'sort_dir': Parameter(
        'query', '``asc`` or ``desc``: once for all keys, or once for each. '
        'Not together with ``sort``.',
        {'type': 'array', 'maxItems': query.MAX_SORT_KEYS,
         'items': {'type': 'string', 'enum': ['asc', 'desc']}}),
    'FIELD': Parameter(
        'query', 'A filter: a common field, a filterable field of the type, '
        'or ``MAP.KEY``. The value is ``VALUE`` or ``OPERATOR:VALUE`` with '
        'one of the operators %s. May be given several times, for other '
        'fields or for the same.' % ', '.join(
            '``%s``' % op for op in predicates.OPERATORS)),
    'member_status': Parameter(
        'query', 'Which of the artifacts that others share with the caller '
        'are listed: those of one member status, or of ``all``; '
        '``accepted`` unless given.',
        {'type': 'string', 'enum': list(query.MEMBER_STATUSES)}),
    'tags': Parameter(
        'query', 'Words between commas, all of which the artifact has as '
        'tags.'),
    'tags-any': Parameter(
        'query', 'Words between commas, of which the artifact has at least '
        'one as a tag.'),
}

REQUEST_HEADERS = {
    'If-Match': Parameter(
        'header', 'Do it only if the artifact is at this revision, as its '
        '``ETag`` told.'),
    'If-None-Match': Parameter(
        'header', 'Answer 304, without a body, if the ``ETag`` is this one.'),
    'If-Range': Parameter(
        'header', 'Look at ``Range`` only if the blob\'s ``ETag`` is this '
        'one.'),
    'Range': Parameter(
        'header', 'One range of bytes: ``bytes=0-99``, ``bytes=100-``, '
        '``bytes=-100``. Several ranges, or what is no range, answer with all '
        'bytes.'),
    'X-Artifact-SHA256': Parameter(
        'header', 'The sha256 that the bytes must have, in 64 hexadecimal '
        'digits.', _DIGEST),
    'Content-Digest': Parameter(
        'header', 'The expected digest of the bytes as in RFC 9530: '
        '``sha-256=:<base64>:``. Other algorithms are not looked at. It must '
        'not differ from ``X-Artifact-SHA256``.'),
}

HEADERS = {
    'Accept-Ranges': Parameter('header', '``bytes``.', {'const': 'bytes'},
                               True),
    'Allow': Parameter('header', 'The methods that the path has.',
                       required=True),
    'Content-Disposition': Parameter(
        'header', '``attachment``: browsers save the bytes and do not show '
        'them.', {'const': 'attachment'}, True),
    'Content-Length': Parameter('header', 'How many bytes follow.', _WHOLE,
                                True),
    'Content-Range': Parameter(
        'header', 'Which bytes these are, and of how many.',
        {'type': 'string',
         'pattern': r'^bytes (?:[0-9]+-[0-9]+|\*)/[0-9]+$'}, True),
    'ETag': Parameter(
        'header', 'Of an artifact its revision, in quotes (of an image, weak: '
        'it has none); of a blob ``"sha256:<hex>"``, or ``"tree:<hex>"`` if '
        'it came in parts, which never changes.',
        {'type': 'string', 'pattern': '^(W/)?"[^"]+"$'}, True),
    'Location': Parameter(
        'header', 'The URL of what was made; with 307, that of the same in '
        'another service.',
        {'type': 'string', 'pattern': '^https?://|/v2/artifacts/'}, True),
    'Retry-After': Parameter('header', 'Seconds to wait before the next '
                             'attempt.', _WHOLE, True),
}

#: By the name that an operation gives it.
REQUEST = {**PATH, **QUERY, **REQUEST_HEADERS}
