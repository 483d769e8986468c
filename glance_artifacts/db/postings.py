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

"""The posting lists: every way to list artifacts, as ordered rows.

``index`` holds rows (scope, value, id). A scope is one list: one audience,
one type, one key. Which rows an artifact has is a pure function of its
record; a write applies the difference of the old and the new set, and
nothing else ever touches the table.

An audience is ``*`` (administrators), a project (its own artifacts, drafts
included, and those shared with it that it has accepted), a project with what
is shared with it and pending, or rejected, ``public`` or ``community``. Text
that a user chose is part of a value, never of a scope, so nobody can look for
two scopes with one hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import functools
import hashlib
import json

from glance_artifacts.db import encoding
from glance_artifacts.db import records
from glance_artifacts.types import common
from glance_artifacts.types import field as declared

ADMIN = '*'
PUBLIC = 'public'
COMMUNITY = 'community'

#: One row of the index: scope, value.
Posting = tuple[bytes, bytes]

#: Lists that every artifact stands in, once each: kind by key.
_COMMON = {name: common.COMMON[name].kind
           for name in ('updated_at', 'activated_at', 'name', 'version',
                        'type_version', 'status', 'visibility', 'owner')}
CREATED = 'created_at'
TAGS = 'tags'
METADATA = 'metadata'

_LISTED = frozenset(_COMMON) | {TAGS, METADATA}


def project(project_id: str) -> str:
    """The audience of a project; no project id can pose as another list."""
    return 'project:' + project_id


def shared(project_id: str, status: str) -> str:
    """The audience of what is shared with a project, by its member status."""
    if status == 'accepted':
        return project(project_id)
    return '%s:%s' % (status, project_id)


@functools.lru_cache(maxsize=4096)
def scope(audience: str, type_name: str, key: str) -> bytes:
    """The 16 bytes that name one list."""
    name = '\x00'.join((audience, type_name, key))
    return hashlib.blake2b(name.encode(), digest_size=16).digest()


def audiences(record: records.Artifact) -> set[str]:
    """Who finds the artifact in lists; nobody once it is deleted."""
    if record.status == 'deleted':
        return set()
    found = {ADMIN, project(record.owner)}
    if record.status == 'drafted':
        return found
    if record.visibility in (PUBLIC, COMMUNITY):
        found.add(record.visibility)
    elif record.visibility == 'shared':
        found.update(shared(one.member, one.status)
                     for one in record.members.values())
    return found


def entries(record: records.Artifact,
            fields: Mapping[str, declared.Field]) -> set[tuple[str, bytes]]:
    """The (key, value) pairs of an artifact, the same for each audience.

    :param fields: the type's own fields
    """
    found = {(CREATED, encoding.ABSENT)}
    for key, kind in _COMMON.items():
        found.add((key, encode(kind, getattr(record, key))))
    for tag in record.tags:
        found.add((TAGS, encode('string', tag)))
    for key, value in record.metadata.items():
        found.add((METADATA, _member('string', key, value)))
    for name, field in fields.items():
        if field.filterable or field.sortable:
            found.update((name, value)
                         for value in _values(field, record.fields.get(name)))
    return found


def encode(kind: str, value) -> bytes:
    """The value of a posting."""
    return encoding.bounded(encoding.encode(kind, value))


def listed(field: declared.Field) -> bool:
    """Whether there is a list of the field's values."""
    if field.name in common.COMMON:
        return field.name in _LISTED
    return field.filterable or field.sortable


def lookup(field: declared.Field, kind: str, key: str | None,
           value) -> tuple[str, bytes] | None:
    """The list entry of artifacts with this value; None without a list.

    :param kind: the kind of ``value``
    :param key: the entry of a map that has the value
    """
    if not listed(field):
        return None
    if key is None:
        return field.name, encode(kind, value)
    return field.name, _member(kind, key, value)


def _values(field: declared.Field, value) -> Iterable[bytes]:
    if field.kind == 'list':
        return [encode(field.of.kind, item) for item in value or ()]
    if field.kind == 'dict':
        return [_member(field.of.kind, key, item)
                for key, item in (value or {}).items()]
    return [encode(field.kind, value)]


def _member(kind: str, key: str, value) -> bytes:
    return encoding.bounded(encoding.member(kind, key, value))


def of(record: records.Artifact,
       fields: Mapping[str, declared.Field]) -> str:
    """All postings of an artifact, as ``dump`` writes them.

    :param fields: the type's own fields
    """
    return dump(audiences(record), entries(record, fields))


def dump(audience_set: Iterable[str],
         entry_set: Iterable[tuple[str, bytes]]) -> str:
    """What was written, for the row itself.

    Kept so that a later delete is exact, whatever became of the plugin.
    """
    return json.dumps([sorted(audience_set),
                       sorted([key, value.hex()] for key, value in entry_set)],
                      separators=(',', ':'))


def readdress(dumped: str, audience_set: Iterable[str]) -> str:
    """The same entries for other audiences."""
    _, entry_list = json.loads(dumped)
    return json.dumps([sorted(audience_set), entry_list],
                      separators=(',', ':'))


def rows(type_name: str, dumped: str) -> set[Posting]:
    """The index rows that ``dump`` describes."""
    audience_list, entry_list = json.loads(dumped)
    return {(scope(audience, type_name, key), bytes.fromhex(value))
            for audience in audience_list for key, value in entry_list}
