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

"""The same operations on two Glances leave the same images.

One has never heard of us. On the other, each second operation goes through
artifacts.
"""

import collections
import random
import re

from testtools import content
from testtools import content_type

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import base
from glance_artifacts.tests.functional.glance import operations
from glance_artifacts.tests.functional.hostile import base as hostile

OPERATIONS = 1000 if hostile.SOAK else 500
OWNER = api_base.token_for('differential-owner')
OTHER = api_base.token_for(operations.OTHER)
ACTORS = {'owner': OWNER, 'other': OTHER, 'admin': api_base.ADMIN}
OURS = 'ours'

#: Where the two APIs are documented to answer differently: the operation, what
#: Glance says, words in the operation or the answer, what we may say.
DIFFERENCES = (
    ('Upload', 204, '', {201}),    # with the blob
    ('Act', 204, '', {200}),       # with the artifact
    ('Download', 204, '', {404}),  # an image without bytes
    # a clash of state
    ('Act', 403, 'Not allowed to (de|re)activate image in status', {409}),
    # a value that no artifact has matches none
    ('List', 400, 'Invalid visibility value', {200}),
    # what is wrong in two ways is refused for either
    ('Upload', 403, 'not authorized to complete upload_image', {403, 409}),
    ('Tag', 403, "'method': 'DELETE'", {403, 404}),
    ('Act', 403, 'not authorized to complete (de|re)activate', {403, 409}),
    ('AnswerMember', 403, "'status': 'nothing'", {400, 403}),
    ('Patch', 403, "'op': '(replace|remove)', 'name': 'os_", {403, 404, 409}),
)
#: What Glance looks at before it looks for the image.
BEFORE_IMAGE = (('Tag', 400), ('Patch', 400), ('Patch', 403))
_TIMES = ('created_at', 'updated_at')
_ID = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')


class Side:
    """One server and the ids of the images that it knows by number.

    :param http: sends a request
    """

    def __init__(self, server, http) -> None:
        self._server = server
        self._http = http
        self.ids: list[str] = []

    def id_of(self, number: int) -> str:
        return self.ids[number] if self.ids else ''

    def send(self, request, token):
        """Send a request; remember the image that it made."""
        method, path, more = request
        response = self._http(method, self._server.root + '/v2' + path, token,
                              **more)
        if response.status_code == 201 and path.endswith('/images'):
            self.ids.append(response.json()['id'])
        return response

    def get(self, path, token):
        response = self.send(('GET', path, {}), token)
        if response.status_code != 200:
            raise AssertionError('%s: %s' % (path, response.text))
        return response.json()

    def images(self, token):
        """All that somebody sees, by number, and as both sides say it."""
        found, path = {}, ('/images?visibility=all&member_status=all'
                           '&limit=1000')
        for image in self.get(path, token)['images']:
            number = self.ids.index(image['id'])
            members = (self.get('/images/%s/members' % image['id'], token)
                       if image['visibility'] == 'shared' else {})
            found[number] = self.steady({**image, **members,
                                         'tags': sorted(image['tags'])})
        return found

    def steady(self, value):
        """The same with numbers for ids, and without times."""
        if isinstance(value, dict):
            return {name: self.steady(one) for name, one in value.items()
                    if name not in _TIMES}
        if isinstance(value, list):
            return [self.steady(one) for one in value]
        if isinstance(value, str):
            return _ID.sub(self._number, value)
        return value

    def _number(self, match):
        found = match[0]
        if found not in self.ids:
            return found
        return 'image %d' % self.ids.index(found)


class TestDifferential(base.BesidePlainTest):

    def setUp(self):
        super().setUp()
        print('GLANCE_ARTIFACTS_SEED=%d' % hostile.STEADY_SEED)
        self.addDetail('seed', content.text_content(str(hostile.STEADY_SEED)))
        self.random = random.Random('%d %s' % (hostile.STEADY_SEED, self.id()))
        self.log = []
        self.addDetail('operations', content.Content(
            content_type.UTF8_TEXT, lambda: [
                '\n'.join(self.log[-30:]).encode('utf-8', 'replace')]))

    def side(self, fixture):
        def http(method, url, token, headers=None, **more):
            with checks.session() as session:
                return session.request(method, url, timeout=60, headers={
                    'X-Auth-Token': token, **(headers or {})}, **more)
        return Side(fixture.server, http)

    def test_same_end(self):
        plain, both = self.side(self.plain), self.side(self.fixture)
        done = collections.Counter()
        for number in range(OPERATIONS):
            self.step(plain, both, done)
        for token in ACTORS.values():
            self.assertEqual(plain.images(token), both.images(token))
        self.check_worth(done)

    def step(self, plain, both, done):
        """One operation on both; they answer alike."""
        operation = operations.some(self.random, len(plain.ids))
        (actor,) = self.random.choices(list(ACTORS), (8, 2, 2))
        if isinstance(operation, operations.AnswerMember):
            actor = self.random.choice(('other', 'other', 'owner'))
        through = self.random.choice(('theirs', OURS))
        number, token = operation.image, ACTORS[actor]
        expected = plain.send(operation.theirs(plain.id_of(number)), token)
        found = both.send(getattr(operation, through)(both.id_of(number)),
                          token)
        what = '%s as %s: %d; %s: %d' % (
            operation, actor, expected.status_code, through,
            found.status_code)
        self.log.append(what)
        self.assertIn(
            found.status_code,
            self.documented(operation, through, expected)
            or self.hidden(operation, plain, token, expected),
            what + '\n' + expected.text[:500] + '\n' + found.text[:500])
        if expected.ok and found.ok:
            done[type(operation), through] += 1
            self.same_answer(operation, plain, both, expected, found)

    def documented(self, operation, through, response):
        """The statuses that the other side's answer may have."""
        if through != OURS:
            return {response.status_code}
        for kind, status, words, ours in DIFFERENCES:
            if (type(operation).__name__, response.status_code) == (
                    kind, status) and re.search(
                        words, str(operation) + response.text):
                return ours
        return None

    def hidden(self, operation, plain, token, response):
        """The status where documents say nothing, or there is no image."""
        status = response.status_code
        if (type(operation).__name__, status) in BEFORE_IMAGE:
            path = '/images/' + plain.id_of(operation.image)
            if plain.send(('GET', path, {}), token).status_code == 404:
                return {404}
        return {status}

    def same_answer(self, operation, plain, both, expected, found):
        """Lists hold the same images, bytes are the same."""
        if isinstance(operation, operations.Download):
            self.same_bytes(expected.content, found.content)
        elif isinstance(operation, operations.List):
            self.assertEqual(self.numbers(plain, expected),
                             self.numbers(both, found), operation)

    @staticmethod
    def numbers(side, response):
        body = response.json()
        return sorted(side.ids.index(one['id'])
                      for one in body.get('images', body.get('artifacts')))

    def check_worth(self, done):
        """Enough succeeded, through both APIs; in a soak, of each kind."""
        for through in ('theirs', OURS):
            self.assertGreater(sum(
                number for (_, one), number in done.items()
                if one == through), OPERATIONS // 10)
        if hostile.SOAK:
            self.assertEqual(set(operations.KINDS),
                             {kind for kind, _ in done})
