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


"""Pages of images: places from Glance's table, images from Glance itself.

Glance is asked for the very ids, so that its policies and its property
protection hold; filters are then tested on what it shows. A page that all this
leaves short is filled up, until ``EXAMINED`` images were looked at.
"""

from __future__ import annotations

import dataclasses
from typing import Any
import urllib.parse

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import glance_images
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import policy
from glance_artifacts.repository import base
from glance_artifacts.repository.images import client
from glance_artifacts.repository.images import mapping
from glance_artifacts.repository.images import places
from glance_artifacts.repository import ordering
from glance_artifacts.repository import orders
from glance_artifacts.repository import predicates

#: Most images that one page looks at, unless the page alone is more.
EXAMINED = 500
#: Glance is asked for so many at a time.
_BATCH = 100


@dataclasses.dataclass(frozen=True)
class Rows:
    """Images at their places, and where to go on."""

    rows: list[ordering.Row]
    next: orders.Place | None


class Reader:
    """Reads pages for one caller.

    :param database: Glance's own, which is read alone
    """

    def __init__(self, session: client.Session,
                 database: db_engine.Database) -> None:
        self._session = session
        self._database = database

    def page(self, caller: policy.Caller, query: base.Query) -> Rows:
        """What comes next, looking at no more than is reasonable.

        :raises ArtifactsError: when Glance refuses
        """
        walk, after = _walk(caller, query), places.decoded(query)
        found: list[ordering.Row] = []
        budget, size = max(EXAMINED, 2 * query.limit), query.limit + 1
        while True:
            step = self._step(walk, after, size)
            shown = self._shown([image_id for _, image_id in step],
                                walk.hidden)
            for after in step:
                artifact = shown.get(after[1])
                if artifact is None or not _passes(artifact, query):
                    continue
                if len(found) == query.limit:
                    return Rows(found, found[-1][0])
                found.append((places.encoded(query, after), artifact))
            budget -= len(step)
            if len(step) < size:
                return Rows(found, None)
            if budget <= 0:
                return Rows(found, places.encoded(query, after))
            size = min(4 * size, _BATCH) if size < _BATCH else size

    def place(self, caller: policy.Caller, query: base.Query,
              image_id: str) -> orders.Place:
        """Where an image stands, whether or not the list shows it.

        :raises NotFound: when there is none that the caller sees
        """
        self._session.get('/images/' + image_id)
        with self._database.reader() as conn:
            found = glance_images.place(conn, _walk(caller, query), image_id)
        if found is None:
            raise exceptions.NotFound('There is no images %s.' % image_id)
        return places.encoded(query, found)

    def _step(self, walk: glance_images.Walk,
              after: glance_images.Place | None,
              size: int) -> list[glance_images.Place]:
        with self._database.reader() as conn:
            return glance_images.step(conn, walk, after, size)

    def _shown(self, image_ids: list[str],
               hidden: bool) -> dict[str, records.Artifact]:
        """What Glance shows of these, by id."""
        if not image_ids:
            # it still has a policy to ask
            self._session.get('/images', 'limit=0')
        found: dict[str, records.Artifact] = {}
        for start in range(0, len(image_ids), _BATCH):
            found.update(self._batch(image_ids[start:start + _BATCH],
                                     hidden))
        return found

    def _batch(self, image_ids: list[str],
               hidden: bool) -> dict[str, records.Artifact]:
        asked = {'id': 'in:' + ','.join(image_ids), 'visibility': 'all',
                 'member_status': 'all', 'limit': _BATCH,
                 'os_hidden': str(hidden).lower()}
        found: list[dict[str, Any]] = []
        while True:
            answer = self._session.get('/images',
                                       urllib.parse.urlencode(asked))
            found += answer['images']
            # [DEFAULT] api_limit_max may be lower
            if 'next' not in answer or len(found) >= len(image_ids):
                # Glance deletes in two steps, so it may show one meanwhile
                return {one['id']: mapping.artifact(one) for one in found
                        if one['status'] not in mapping.GONE}
            asked['marker'] = found[-1]['id']


def _walk(caller: policy.Caller, query: base.Query) -> glance_images.Walk:
    return glance_images.Walk(
        caller.project_id, caller.is_admin, places.columns(query),
        query.order[-1].descending, query.community, query.member_status,
        hidden=any(_asks_for_hidden(one) for one in query.filters))


def _asks_for_hidden(one: predicates.Filter) -> bool:
    return (isinstance(one, predicates.Predicate)
            and (one.field.name, one.op, one.values)
            == ('os_hidden', 'eq', (True,)))


def _passes(artifact: records.Artifact, query: base.Query) -> bool:
    return all(one.matches(artifact) for one in query.filters)
