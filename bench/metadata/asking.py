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

"""What exactly one server is asked: words, ids and markers from its data."""

from __future__ import annotations

import random
from typing import Any
import urllib.parse
import uuid

from bench.metadata import client
from bench.metadata import kinds
from bench.metadata import shapes
from bench.metadata import sites
from bench.metadata import spool
from bench.metadata import things

#: How many different words, ids and projects there are to ask for.
CHOICE = 20
_OURS = '/artifacts/%s' % kinds.MAIN.type_name
#: New ones go where nobody lists: the lists stay as they were filled.
_NEW = '/artifacts/%s' % kinds.OTHER.type_name
_GLANCES_PATCH = 'application/openstack-images-v2.1-json-patch'
_JSON_PATCH = 'application/json-patch+json'
ADMIN_TOKEN = 'bench:operators:admin'
#: Single requests by name; those to Glance have the same name behind it.
SINGLE = ('trivial', 'show', 'Glance show', 'create', 'Glance create',
          'patch', 'Glance patch')


def token(project: str) -> str:
    return 'bench:%s:member' % project


class Asker:
    """Makes requests to a site; the same ones for the same turn."""

    def __init__(self, site: sites.Site) -> None:
        self.address = site.server.address
        self._size = site.size
        chance = random.Random('ask %d' % site.size)
        self._shown = [things.artifact(number, site.size)
                       for number in _public(chance, site.size)]
        self._projects = [things.project(chance.randrange(
            1, min(things.PROJECTS, site.size // 2)))
            for _ in range(CHOICE)]
        self._markers: dict[tuple[str, str], str] = {}
        self._ids: list[str] = []
        self._drafts: dict[str, list[str]] = {}

    def prepare(self) -> None:
        """Look up ids and markers, and make what is to be changed."""
        page = client.must(self.address, client.Request(
            _OURS + '?limit=1000', ADMIN_TOKEN)).body['artifacts']
        self._ids = [one['id'] for one in random.sample(page, CHOICE)]
        for prefix in ('', 'Glance '):
            self._drafts[prefix] = [client.must(
                self.address, self.single(prefix + 'create', 0)).body['id']
                for _ in range(CHOICE)]
        for shape in shapes.SHAPES:
            for role in shape.roles if shape.deep else ():
                self._markers[shape.name, role] = self._marker(shape, role)

    def words(self, turn: int) -> dict[str, Any]:
        """What is asked for in a turn: the values of a public artifact."""
        one = self._shown[turn % CHOICE]
        return {**one.fields, 'name': one.name, 'tag': one.tags[0],
                'site': one.fields['labels']['site'],
                'beyond': one.fields['num'] + 10_000}

    def project(self, role: str, turn: int) -> str:
        """The project that asks."""
        if role == shapes.NOTHING:
            return 'nobody'
        return self._projects[turn % CHOICE]

    def list(self, shape: shapes.Shape, role: str,
             turn: int) -> client.Request:
        """The request for a list in a turn."""
        # a marker belongs to the project that it was found for
        turn = 0 if shape.deep else turn
        path = shape.path.format(**self.words(turn))
        if shape.deep and self._markers.get((shape.name, role)):
            path += '&marker=' + self._markers[shape.name, role]
        return client.Request(path, ADMIN_TOKEN if role == shapes.ADMIN
                              else token(self.project(role, turn)))

    def single(self, name: str, turn: int) -> client.Request:
        """The request that is no list in a turn."""
        if name == 'trivial':
            return client.Request('/schemas/member', ADMIN_TOKEN)
        prefix = 'Glance ' if name.startswith('Glance ') else ''
        path = '/images' if prefix else _NEW
        mine = token(self._projects[0])
        if name.endswith('create'):
            return client.Request(path, mine, 'POST', body_of(bool(prefix)))
        if name.endswith('show'):
            shown = (things.image(turn % spool.images(self._size))['id']
                     if prefix else self._ids[turn % CHOICE])
            return client.Request('%s/%s' % (path if prefix else _OURS,
                                             shown), ADMIN_TOKEN)
        return client.Request(
            '%s/%s' % (path, self._drafts[prefix][turn % CHOICE]), mine,
            'PATCH', [{'op': 'replace', 'value': 'In turn %d.' % turn,
                       'path': '/title'}],
            _GLANCES_PATCH if prefix else _JSON_PATCH)

    def _marker(self, shape: shapes.Shape, role: str) -> str:
        """Where page 400 begins, or the last whole page."""
        pages, found = [''], 0
        base = self.list(shape, role, 0)
        path = base.path.replace('limit=%d' % shape.limit, 'limit=%d')
        while found < shapes.DEPTH:
            page = self._page(path % 975, base.token, pages[-1])
            found += len(page['artifacts'])
            if 'next' not in page:
                break
            pages.append(_marker_of(page['next']))
        else:
            return pages[-1]
        start, left = divmod(max(0, found - shape.limit), 975)
        if not left:
            return pages[start]
        page = self._page(path % left, base.token, pages[start])
        return _marker_of(page['next'])

    def _page(self, path: str, asker: str, marker: str) -> dict[str, Any]:
        if marker:
            path += '&marker=' + marker
        return client.must(self.address, client.Request(path, asker)).body


def body_of(is_image: bool) -> dict[str, Any]:
    """A new artifact, or an image like it."""
    number = random.randrange(1_000_000)
    chance = random.Random(number)
    body = {'name': 'new-%s' % uuid.uuid4().hex, 'tags': things.tags(chance)}
    if is_image:
        return {**body, **things.properties(chance, number)}
    return {**body, 'metadata': {'batch': 'b1'},
            **things.values(chance, number)}


def _marker_of(url: str) -> str:
    return urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)[
        'marker'][0]


def _public(chance: random.Random, size: int) -> list[int]:
    """Artifacts of the main type that everybody finds."""
    found: list[int] = []
    while len(found) < CHOICE:
        number = chance.randrange(size)
        one = things.artifact(number, size)
        if (one.type_name == kinds.MAIN.type_name and one.status == 'active'
                and one.visibility == 'public'):
            found.append(number)
    return found
