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

"""What is in a database of the bench, number by number.

The same for the same number and size, but for ids of artifacts: so what to
ask for is known without asking a database.
"""

from __future__ import annotations

import datetime
import functools
import random
from typing import Any
import uuid

from bench.metadata import kinds
from glance_artifacts.db import ids
from glance_artifacts.db import records

VERSIONS = 5
PROJECTS = 1000
#: Has a tenth of all; the others share the rest evenly.
BIG = 'project-0'
_BEGAN = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
_STEP = datetime.timedelta(seconds=20)
_TAGS = 5000
#: Scatters the versions of one name over time; no power of ten shares it.
_STRIDE = 7919
_LICENCES = ('Apache-2.0', 'MIT', 'GPL-3.0-only', 'BSD-3-Clause')
_NOTES = 'What is to be known about this one, in a sentence or two. ' * 3
_STATUSES = ('accepted', 'accepted', 'accepted', 'pending', 'rejected')
_TYPES = [one for one, share in kinds.SHARES.items() for _ in range(share)]


def moment(number: int) -> datetime.datetime:
    """When it was created."""
    return _BEGAN + number * _STEP


def project(number: int) -> str:
    return 'project-%d' % number


def artifact(number: int, size: int) -> records.Artifact:
    """One of ``size`` artifacts, with its blobs and members."""
    chance = random.Random('artifact %d' % number)
    group, version = divmod(number * _STRIDE % size, VERSIONS)
    type_class, owner = _group(group)
    created = moment(number)
    status = 'drafted' if chance.random() < 0.05 else 'active'
    visibility = _visibility(chance)
    return records.Artifact(
        id=ids.new(created), type_name=str(type_class.type_name),
        type_version=type_class.type_version, owner=owner,
        name='artifact-%07d' % group,
        version='%d.%d.%d' % (version + 1, chance.randrange(30),
                              chance.randrange(30)),
        status=status, visibility=visibility, pool='general',
        created_at=created, updated_at=created + _STEP / 2,
        activated_at=created + _STEP / 2 if status == 'active' else None,
        revision=4, description='Number %d.' % number, tags=tags(chance),
        metadata={'batch': 'b%d' % chance.randrange(500)},
        fields=values(chance, number), blobs=_blobs(chance, number),
        members=(_members(chance, owner, created)
                 if visibility == 'shared' else {}))


def tags(chance: random.Random) -> list[str]:
    """Three of 5,000."""
    return ['tag-%d' % one for one in chance.sample(range(_TAGS), 3)]


def values(chance: random.Random, number: int) -> dict[str, Any]:
    """The type's own fields, in the form in which they are kept."""
    return {
        's100k': 'v%d' % chance.randrange(100_000),
        's1k': 'v%d' % chance.randrange(1000),
        'flag': chance.random() < 0.5,
        'num': chance.randrange(1_000_000),
        'ratio': None if number % 10 == 0 else chance.random(),
        'labels': {'site': 's%d' % chance.randrange(200),
                   'stage': chance.choice(('test', 'live'))},
        'when': moment(number).strftime('%Y-%m-%dT%H:%M:%S.%fZ'),
        'title': 'Artifact number %d' % number,
        'licence': chance.choice(_LICENCES), 'notes': _NOTES,
        'sizes': [chance.randrange(1000) for _ in range(4)], 'counter': 0}


def image(number: int) -> dict[str, Any]:
    """An image like an artifact: twelve properties, three tags."""
    chance = random.Random('image %d' % number)
    return {
        'id': str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        'name': 'artifact-%07d' % number,
        'owner': _owner(chance), 'created_at': moment(number),
        'visibility': _visibility(chance), 'tags': tags(chance),
        'properties': properties(chance, number)}


def properties(chance: random.Random, number: int) -> dict[str, str]:
    """The type's own fields as properties of an image, all strings."""
    return {name: value if isinstance(value, str) else repr(value)
            for name, value in values(chance, number).items()}


@functools.lru_cache(maxsize=100_000)
def _group(number: int) -> tuple[type, str]:
    """The type and the owner that the versions of one name share."""
    chance = random.Random('group %d' % number)
    return chance.choice(_TYPES), _owner(chance)


def _owner(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return BIG
    return project(chance.randrange(1, PROJECTS))


def _visibility(chance: random.Random) -> str:
    found = chance.random()
    for bound, name in ((0.1, 'public'), (0.12, 'shared'),
                        (0.13, 'community')):
        if found < bound:
            return name
    return 'private'


def _blobs(chance: random.Random,
           number: int) -> dict[tuple[str, str], records.Blob]:
    return {('files', key): records.Blob(
        field='files', key=key, status='active',
        upload=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        content_type='application/octet-stream', size=1000 + number % 1000,
        sha256='%064x' % chance.getrandbits(256),
        md5='%032x' % chance.getrandbits(128), segments=1)
        for key in ('config.json', 'weights/1.bin')}


def _members(chance: random.Random, owner: str,
             created: datetime.datetime) -> dict[str, records.Member]:
    """One to five projects, most of which have accepted."""
    found = {}
    for number in chance.sample(range(1, PROJECTS), chance.randint(1, 5)):
        if project(number) != owner:
            found[project(number)] = records.Member(
                member=project(number), status=chance.choice(_STATUSES),
                created_at=created, updated_at=created)
    return found
