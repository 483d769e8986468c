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

"""The lists that are asked for."""

from __future__ import annotations

import dataclasses

from bench.metadata import kinds

#: A project of some hundred or thousand artifacts, one with none, an admin.
MEMBER, NOTHING, ADMIN = 'member', 'nothing', 'admin'
_ALL = (MEMBER, NOTHING, ADMIN)
_BOTH = (MEMBER, ADMIN)
#: Must not grow with the number of artifacts.
FLAT = 'flat'
#: Looks at a bounded number of rows.
CAPPED = 'capped'
#: Where the pages of ``page 400`` begin.
DEPTH = 399 * 25


@dataclasses.dataclass(frozen=True)
class Shape:
    """One way to list.

    :param query: with names of ``asking.Asker.words`` in braces
    :param deep: page 400, or the last whole page of a shorter list
    :param aim: what it is judged by, empty: it is published only
    :param listed: a type, ``all``, or ``glance`` for its ``/v2/images``
    :param every: it is asked for in one of so many rounds
    """

    name: str
    query: str = ''
    roles: tuple[str, ...] = _BOTH
    aim: str = FLAT
    limit: int = 25
    deep: bool = False
    listed: str = str(kinds.MAIN.type_name)
    every: int = 1

    @property
    def path(self) -> str:
        """Below ``/v2``; the query is still to be filled in."""
        path = ('/images' if self.listed == 'glance'
                else '/artifacts/' + self.listed)
        return '%s?limit=%d%s' % (path, self.limit,
                                  '&' + self.query if self.query else '')


def _deep(shape: Shape) -> list[Shape]:
    """The first page and page 400."""
    return [shape, dataclasses.replace(
        shape, name=shape.name + ', page 400', deep=True, roles=_BOTH)]


_OURS = 'type_name=in:' + ','.join(kinds.NAMES)
_THOUSAND = {'limit': 1000, 'every': 4}

SHAPES: tuple[Shape, ...] = (
    *_deep(Shape('newest', roles=_ALL)),
    Shape('newest 1,000', roles=_BOTH, aim='', **_THOUSAND),
    *_deep(Shape('by name', 'sort=name:asc')),
    *_deep(Shape('by updated_at', 'sort=updated_at:desc')),
    *_deep(Shape('by version', 'sort=version:desc')),
    *_deep(Shape('by a field', 'sort=num:asc')),
    *_deep(Shape('1/2', 'flag=true', roles=_ALL)),
    Shape('1/2, by version', 'flag=true&sort=version:desc'),
    Shape('1/1,000', 's1k={s1k}', roles=_ALL, aim=''),
    Shape('1/1,000, 1 row', 's1k={s1k}', limit=1),
    Shape('1/1,000, by that field, 1 row', 's1k={s1k}&sort=s1k:asc',
          limit=1),
    Shape('1/1,000, by version, 1 row', 's1k={s1k}&sort=version:desc',
          limit=1),
    Shape('1/100,000', 's100k={s100k}', roles=_ALL, aim=''),
    Shape('1/100,000, 1 row', 's100k={s100k}', limit=1),
    Shape('a range, by that field', 'num=gte:{num}&sort=num:asc'),
    Shape('tag', 'tags={tag}', aim=''),
    Shape('tag, 1 row', 'tags={tag}', limit=1),
    Shape('dict.key', 'labels.site={site}', aim=''),
    Shape('dict.key, 1 row', 'labels.site={site}', limit=1),
    Shape('name, 1 row', 'name={name}', limit=1),
    Shape('name, by version', 'name={name}&sort=version:desc', aim=''),
    *_deep(Shape('version range, by version',
                 'version=gte:2.0.0&version=lt:3.0.0&sort=version:asc')),
    *_deep(Shape('latest', 'version=latest', roles=_ALL)),
    Shape('latest, 1/2', 'version=latest&flag=true'),
    Shape('latest 1,000', 'version=latest', aim='', **_THOUSAND),
    Shape('two: 1/1,000, 1/2', 's1k={s1k}&flag=true', aim=CAPPED),
    Shape('two: 1/1,000, a tag', 's1k={s1k}&tags={tag}', aim=CAPPED),
    Shape('two: 1/2, status', 'flag=true&status=active', aim=CAPPED),
    Shape('1/1,000, by another field', 's1k={s1k}&sort=num:asc',
          aim=CAPPED),
    Shape('1 % range, newest', 'num=gte:{num}&num=lt:{beyond}', aim=CAPPED),
    Shape('version range, newest', 'version=gte:2.0.0&version=lt:3.0.0',
          aim=CAPPED),
    Shape('neq, 1/2', 'flag=neq:true', aim=CAPPED),
    Shape('neq, 999/1,000', 's1k=neq:{s1k}', aim=CAPPED),
    Shape('or:', 's1k=or:eq:{s1k}&labels.site=or:eq:{site}',
          aim=CAPPED),
    Shape('all, less images', _OURS, roles=_ALL, listed='all', every=4),
    Shape('all', roles=_ALL, aim='', listed='all', every=2),
    Shape('Glance', roles=_ALL, aim='', listed='glance', every=2),
    Shape('Glance, 1/2', 'flag=True', aim='', listed='glance', every=2),
    Shape('Glance, 1/1,000', 's1k={s1k}', aim='', listed='glance', every=2),
    Shape('Glance, tag', 'tag={tag}', aim='', listed='glance', every=2),
    Shape('Glance 1,000', aim='', listed='glance', limit=1000, every=8),
)
