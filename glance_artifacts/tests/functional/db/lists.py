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

"""Lists of random artifacts, and what brute force says must be on them."""

import dataclasses
import datetime
import functools
import operator
import os
import random
import re

from testtools import content

from glance_artifacts.db import artifacts
from glance_artifacts.db import encoding
from glance_artifacts.db import postings
from glance_artifacts.repository import base as repository_base
from glance_artifacts.repository import orders
from glance_artifacts.repository import predicates
from glance_artifacts.tests.functional.db import base
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common

FIELDS = {**common.COMMON, **factories.FIELDS}
SORTS = sorted(name for name, field in FIELDS.items() if field.sortable)
#: Projects that own something; one looks like an audience.
OWNERS = ('p', 'q', 'public', 'r')
CALLERS = (*map(factories.caller, (*OWNERS, 'nobody', '*', None)),
           factories.caller('admins', True))
VERSIONS = ('0.1.0', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-rc.2',
            '1.0.0-rc.10', '1.0.0', '1.0.0+b', '1.2.0', '1.10.0', '2.0.0')
WORDS = ('', 'a', 'A', 'a ', 'ab', 'b', '\xe4', '\U0001f600', '\uffff')
LONG = tuple('x' * 960 + tail for tail in (
    '', 'a', 'a' * 39, 'a' * 40, 'b' * 60, 'c' * 2000))
#: A soak tries other lists each time, and many more.
SOAK = os.environ.get('GLANCE_ARTIFACTS_SOAK') == '1'
SEED = int(os.environ.get('GLANCE_ARTIFACTS_SEED')
           or random.SystemRandom().randrange(2 ** 32))
ROUNDS = 2000 if SOAK else 100
_MOMENT = factories.MOMENT
_COMPARE = {'gt': operator.gt, 'gte': operator.ge, 'lt': operator.lt,
            'lte': operator.le}


def _moment(rand):
    return _MOMENT + datetime.timedelta(
        microseconds=rand.choice((0, 1, 999, 1000, rand.randrange(10 ** 9))))


def _text(moment):
    return moment.isoformat(timespec='microseconds').replace('+00:00', 'Z')


def random_artifact(rand, number, **values):
    """An artifact like no other, of few values each."""
    moment = _moment(rand)
    status = rand.choice(('drafted', 'active', 'active', 'deactivated'))
    fields = {
        'word': rand.choice((None, *WORDS)),
        'long': rand.choice((None, 'x', *LONG)),
        'count': rand.choice((None, -2 ** 63, -1, 0, 1, 2, 2 ** 63 - 1)),
        'ratio': rand.choice((None, -1e300, -0.5, 0.0, 5e-324, 0.5, 7.0)),
        'flag': rand.choice((None, False, True)),
        'moment': rand.choice((None, _text(_MOMENT), _text(moment))),
        'words': rand.sample('abcd', rand.randrange(4)),
        'counts': [rand.randrange(4) for _ in range(rand.randrange(4))],
        'scores': {key: rand.choice((0.0, 0.5, 1.0))
                   for key in rand.sample('kl', rand.randrange(3))},
        'seen': rand.choice((None, 's', 't'))}
    return factories.artifact(**{
        'name': rand.choice(WORDS[1:]) + str(number % 7),
        'version': rand.choice(VERSIONS).replace('1.2.0', '1.2.%d' % number),
        'owner': rand.choice(OWNERS), 'status': status,
        'visibility': rand.choice(('private', 'public')),
        'created_at': moment, 'updated_at': _moment(rand),
        'tags': rand.sample(('a', 'b', 'c', '\xe9'), rand.randrange(4)),
        'metadata': {key: rand.choice(('', 'v', 'w'))
                     for key in rand.sample('klm', rand.randrange(3))},
        'fields': fields, **values})


def random_filter(rand, some):
    """A filter that suits what there is, more or less."""
    name = rand.choice(sorted(
        name for name, field in FIELDS.items() if field.filterable))
    field = FIELDS[name]
    key = rand.choice('klmn') if field.kind == 'dict' else None
    of = field.of if field.kind in ('list', 'dict') else field
    ops = [op for op in predicates.OPERATORS
           if op != 'like' or of.kind in predicates.TEXTS]
    op = rand.choice(ops)
    if op == 'null':
        return [predicates.Predicate(field, of.kind, op,
                                     (rand.random() < 0.5,), key)]
    values = [value for one in rand.sample(some, 30)
              for value in found(field, key, one)]
    rand.shuffle(values)
    if op == 'like':
        values = [_pattern(rand, value) for value in values if value]
    count = rand.randrange(1, 4) if op in ('in', 'nin') else 1
    return [predicates.Predicate(field, of.kind, op, tuple(values[:count]),
                                 key)] if values else []


def _pattern(rand, text):
    """A pattern that this text matches, and perhaps others."""
    at = rand.randrange(1, len(text) + 1)
    end = rand.randrange(at, len(text) + 1)
    return '%s%%%s' % (text[:at], rand.choice(('', text[end:])))


def found(field, key, artifact):
    """The values of a field as a list, moments as text."""
    value = artifact.value(field.name)
    if key is not None:
        value = value.get(key)
    if isinstance(value, datetime.datetime):
        value = _text(value)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def passes(one, artifact):
    """What the operators mean, said once more."""
    if isinstance(one, predicates.AnyOf):
        return any(passes(member, artifact) for member in one.members)
    there, wanted = found(one.field, one.key, artifact), one.values
    if one.op == 'null':
        return wanted[0] == (not there)
    if one.op == 'like':
        pattern = '.*'.join(map(re.escape, wanted[0].split('%')))
        return any(re.fullmatch(pattern, value, re.S) for value in there)
    if one.kind == 'semver':
        there = [encoding.encode('semver', value) for value in there]
        wanted = [encoding.encode('semver', value) for value in wanted]
    if one.op in ('eq', 'in'):
        return any(value in wanted for value in there)
    if one.op in ('neq', 'nin'):
        return not any(value in wanted for value in there)
    return any(_COMPARE[one.op](value, wanted[0]) for value in there)


def latest(seen):
    """The ids of the highest active versions among these."""
    best = {}
    for one in seen:
        if one.status == 'active':
            rank = ('-' not in one.version.partition('+')[0],
                    encoding.encode('semver', one.version))
            group = one.owner, one.name
            best[group] = max(best.get(group, (False, b'', '')),
                              (*rank, one.id))
    return {rank[-1] for rank in best.values()}


def brute_force(caller, query, everything):
    """What the pages of a query must hold, in this order."""
    seen = [one for one in everything if caller.sees(one)]
    if query.latest:
        heads = latest(seen)
        seen = [one for one in seen if one.id in heads]
    wanted = [one for one in seen
              if all(passes(each, one) for each in query.filters)]
    wanted.sort(key=lambda one: one.id, reverse=query.sort[-1].descending)
    for key in reversed(query.sort):  # sorting is stable
        wanted.sort(key=functools.partial(_value, key.name),
                    reverse=key.descending)
    return [one.id for one in wanted]


def _value(sort, artifact):
    value = artifact.value(sort)
    if value is None:
        return False, ''
    if sort == 'version':
        value = encoding.encode('semver', value)
    elif sort == 'long':
        # by their heads, as documented
        value = postings.encode('string', value)
    return True, value


def key(name, descending=True):
    return orders.key(FIELDS[name], descending)


class ListTestCase(base.MigratedTestCase):

    def setUp(self):
        super().setUp()
        print('GLANCE_ARTIFACTS_SEED=%d' % SEED)
        self.addDetail('seed', content.text_content(str(SEED)))
        self.random = random.Random('%d %s' % (SEED, self.id()))

    def fill(self, rand, count):
        """Artifacts of all sorts, as the database keeps them."""
        made, names = [], set()
        while len(made) < count:
            one = random_artifact(rand, len(made))
            if (one.owner, one.name, one.version) not in names:
                names.add((one.owner, one.name, one.version))
                made.append(one)
        with self.database.writer() as conn:
            return [artifacts.create(conn, one, factories.FIELDS)
                    for one in made]

    def walk(self, caller, query, shortest=None):
        """Every id that the pages show, from the first to the last.

        :param shortest: fewest artifacts on a page that has a next one
        """
        shown, pages = [], 0
        while True:
            page = self.repository.page(caller, query)
            shown += [one.id for one in page.artifacts]
            pages += 1
            self.assertLessEqual(len(page.artifacts), query.limit)
            if page.next is None:
                return shown, pages
            if shortest is not None:
                self.assertGreaterEqual(len(page.artifacts), shortest)
            self.assertNotEqual(query.after, page.next)
            query = dataclasses.replace(query, after=page.next)

    def query(self, *filters, sort='created_at', descending=True, limit=25,
              **more):
        """A query; ``sort`` names one key, or holds several."""
        if isinstance(sort, str):
            sort = (key(sort, descending),)
        return repository_base.Query(factories.Sample, filters, sort, limit,
                                     **more)

    def random_query(self, rand, everything):
        filters = self.random_filters(rand, everything, (0, 1, 1, 2, 3))
        if rand.random() < 0.3:
            members = self.random_filters(rand, everything, (2, 3))
            if members:
                filters.append(predicates.AnyOf(tuple(members)))
        names = rand.sample(('created_at', *SORTS),
                            rand.choice((1, 1, 2, 3)))
        return self.query(
            *filters, limit=rand.choice((7, 20, 25, 100, 1000)),
            sort=tuple(key(name, rand.random() < 0.5)
                       for name in dict.fromkeys(names)),
            latest=rand.random() < 0.2)

    def random_filters(self, rand, everything, counts):
        return [one for _ in range(rand.choice(counts))
                for one in random_filter(rand, everything)]

    def assert_walk(self, caller, query, everything, **kwargs):
        expected = brute_force(caller, query, everything)
        shown, pages = self.walk(caller, query, **kwargs)
        self.assertEqual(expected, shown, (SEED, caller, query))
        return len(expected), pages
