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

"""The shapes that lists have: one query for each way to walk the index."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from glance_artifacts.api import query as api_query
from glance_artifacts import policy
from glance_artifacts.repository import base
from glance_artifacts.repository import paging
from glance_artifacts.tests.unit import factories


@dataclasses.dataclass(frozen=True)
class Shape:
    """A list, by what its URL says.

    :param text: the query string; values are those of ``samples``
    :param later: the second page, behind a marker
    :param admin: as an administrator asks
    :param all_types: of several types
    """

    title: str
    text: str = ''
    later: bool = False
    admin: bool = False
    all_types: bool = False

    @property
    def caller(self) -> policy.Caller:
        """A member of project ``p``, or an administrator."""
        return factories.caller(is_admin=self.admin)

    def query(self, conn: sa.Connection) -> base.Query:
        """What is asked for; of a later page, read those before it first."""
        parameters = [tuple(part.split('=', 1))
                      for part in self.text.split('&') if part]
        type_class = None if self.all_types else factories.Sample
        found, _ = api_query.parse(type_class, parameters,
                                   ('others', 'samples'))
        if not self.later:
            return found
        before = paging.page(conn, self.caller, found)
        return dataclasses.replace(found, after=before.next)


SHAPES = (
    Shape('The newest first'),
    Shape('The newest first, as an administrator', admin=True),
    Shape('The newest first, a later page', later=True),
    Shape('In the order of a field', 'sort=count:asc'),
    Shape('In the order of a field, a later page', 'sort=count:asc',
          later=True),
    Shape('A field is', 'word=w7'),
    Shape('A field is, a later page', 'flag=true', later=True),
    Shape('A field is one of', 'word=in:w1,w2,w3'),
    Shape('A tag', 'tags=t1'),
    Shape('Several tags, all of them', 'tags=t1,t2'),
    Shape('Several tags, any of them', 'tags-any=t1,t2'),
    Shape('A key of the metadata', 'metadata.team=m3'),
    Shape('Two filters', 'word=w7&flag=true'),
    Shape('Either of two filters', 'word=or:w7&count=or:5'),
    Shape('A range, in its own order', 'count=gte:500&sort=count:asc'),
    Shape('A range, in another order', 'count=lt:10'),
    Shape('A range between two bounds, in another order',
          'count=gte:500&count=lt:510'),
    Shape('A name that begins so', 'name=like:n1%&sort=name:asc'),
    Shape('Versions in a range, in their order',
          'version=gte:2.0.0&sort=version:desc'),
    Shape('Versions between two, in another order',
          'version=gte:2.0.0&version=lt:2.1.0&sort=name:asc'),
    Shape('What no list serves', 'word=neq:w7'),
    Shape('In the order of two keys', 'sort=name:asc,version:desc'),
    Shape('In the order of two keys, a later page',
          'sort=flag:asc,count:asc', later=True),
    Shape('The highest versions', 'version=latest'),
    Shape('Community artifacts', 'visibility=community'),
    Shape('What others share, accepted or not',
          'visibility=shared&member_status=all'),
    Shape('All types', all_types=True),
)
