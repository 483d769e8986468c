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

"""Operations on images, as requests to either API.

Each has a method for Glance's API and one for ours. All return the method,
the path below ``/v2`` and what else :func:`requests.request` takes.
"""

from __future__ import annotations

import json
import random
from typing import Any

Request = tuple[str, str, dict[str, Any]]
PATCH = 'application/openstack-images-v2.1-json-patch'
JSON_PATCH = 'application/json-patch+json'
OCTETS = {'Content-Type': 'application/octet-stream'}
OTHER = 'differential-other'
#: Of Glance's attributes, those that these operations change.
ATTRIBUTES = ('name', 'tags', 'visibility', 'protected', 'min_disk')
VALUES = {
    'name': ('one', 'two', 'three \u00e9\U0001f600', '', 'x' * 255,
             'x' * 256),
    'tags': ([], ['a'], ['a', 'b'], ['b', 'c d'], ['x' * 256]),
    'visibility': ('private', 'shared', 'shared', 'community', 'public',
                   'nothing'),
    'protected': (True, False, False), 'min_disk': (0, 1, 7, -1),
}
PROPERTIES = ('os_distro', 'a b', 'a/b', 'os_glance_x')
TAGS = ('a', 'b', 'c d', 'x' * 255, 'x' * 256)


class Operation:
    """One operation with all that chance has to say about it.

    :ivar image: the number of the image that it is about
    """

    weight = 1

    def __init__(self, chance: random.Random, image: int) -> None:
        self.image = image
        self.choose(chance)

    def choose(self, chance: random.Random) -> None:
        """Settle what the operation is."""

    def theirs(self, image_id: str) -> Request:
        """The request to ``/v2/images``."""
        return self.request('/images/' + image_id)

    def ours(self, image_id: str) -> Request:
        """The request to ``/v2/artifacts/images``."""
        return self.request('/artifacts/images/' + image_id)

    def request(self, path: str) -> Request:
        """What both are, less the place of the image."""
        raise NotImplementedError

    def __str__(self) -> str:
        return '%s %r' % (type(self).__name__, vars(self))


class Show(Operation):
    weight = 2

    def request(self, path):
        return 'GET', path, {}


class Delete(Operation):
    weight = 2

    def request(self, path):
        return 'DELETE', path, {}


class Create(Operation):
    weight = 4

    def choose(self, chance):
        self.body = {name: chance.choice(VALUES[name])
                     for name in chance.sample(ATTRIBUTES, 2)}
        self.properties = chance.choice(({}, {'os_distro': 'cirros'}))
        self.formats = {'disk_format': 'raw', 'container_format': 'bare'}

    def theirs(self, image_id):
        return 'POST', '/images', {'json': {
            **self.formats, **self.body, **self.properties}}

    def ours(self, image_id):
        return 'POST', '/artifacts/images', {'json': {
            **self.formats, **self.body, 'metadata': self.properties}}


class Patch(Operation):
    weight = 8

    def choose(self, chance):
        self.op, self.name = 'replace', chance.choice(ATTRIBUTES)
        if chance.random() < .4:
            self.name = chance.choice(PROPERTIES)
            self.op = chance.choice(('add', 'add', 'replace', 'remove'))
            self.value = chance.choice(('x', 'y', '', '\u00e9'))
        else:
            self.value = chance.choice(VALUES[self.name])

    def theirs(self, image_id):
        return self._request('/images/' + image_id, '/', PATCH)

    def ours(self, image_id):
        return self._request(
            '/artifacts/images/' + image_id,
            '/' if self.name in ATTRIBUTES else '/metadata/', JSON_PATCH)

    def _request(self, path, prefix, content_type):
        change = {'op': self.op, 'path': prefix
                  + self.name.replace('/', '~1'), 'value': self.value}
        if self.op == 'remove':
            del change['value']
        return 'PATCH', path, {'data': json.dumps([change]),
                               'headers': {'Content-Type': content_type}}


class Tag(Operation):
    weight = 4

    def choose(self, chance):
        self.method = chance.choice(('PUT', 'PUT', 'DELETE'))
        self.tag = chance.choice(TAGS)

    def request(self, path):
        return self.method, '%s/tags/%s' % (path, self.tag), {}


class Upload(Operation):
    weight = 5

    def choose(self, chance):
        self.data = chance.randbytes(chance.choice((0, 1, 1000, 70000)))
        self.chunked = chance.random() < .5

    def request(self, path):
        data = iter(filter(None, [self.data])) if self.chunked else self.data
        return 'PUT', path + '/file', {'data': data, 'headers': OCTETS}

    def __str__(self):
        return 'Upload %d of %d bytes' % (self.image, len(self.data))


class Download(Operation):
    weight = 3

    def request(self, path):
        return 'GET', path + '/file', {}


class Act(Operation):
    weight = 4

    def choose(self, chance):
        self.action = chance.choice(('deactivate', 'reactivate'))

    def request(self, path):
        return 'POST', '%s/actions/%s' % (path, self.action), {}


class AddMember(Operation):
    weight = 5

    def choose(self, chance):
        self.member = chance.choice((OTHER, OTHER, 'somebody'))

    def request(self, path):
        return 'POST', path + '/members', {'json': {'member': self.member}}


class AnswerMember(Operation):
    weight = 6

    def choose(self, chance):
        self.status = chance.choice(('accepted', 'rejected', 'pending',
                                     'nothing'))

    def request(self, path):
        return 'PUT', '%s/members/%s' % (path, OTHER), {
            'json': {'status': self.status}}


class RemoveMember(Operation):
    weight = 1

    def request(self, path):
        return 'DELETE', '%s/members/%s' % (path, OTHER), {}


class Members(Operation):
    weight = 1

    def request(self, path):
        return 'GET', path + '/members', {}


class List(Operation):
    weight = 3

    def choose(self, chance):
        self.query = chance.choice((
            '', 'visibility=public', 'visibility=shared',
            'visibility=community', 'visibility=private', 'name=one',
            'status=active', 'status=deactivated', 'tag%s=a',
            'member_status=all', 'member_status=rejected',
            'os_distro%s=cirros', 'visibility=nothing', 'limit=-1'))

    def theirs(self, image_id):
        return 'GET', '/images?' + self.query.replace('%s', ''), {}

    def ours(self, image_id):
        query = self.query.replace('tag%s', 'tags').replace(
            'os_distro%s', 'metadata.os_distro')
        return 'GET', '/artifacts/images?limit=1000&' + query, {}


KINDS = (Create, Show, List, Patch, Tag, Upload, Download, Act, AddMember,
         AnswerMember, RemoveMember, Members, Delete)


def some(chance: random.Random, images: int) -> Operation:
    """One operation; on an image that was made lately, if it is on one.

    :param images: how many were made until now
    """
    if not images:
        return Create(chance, 0)
    (kind,) = chance.choices(KINDS, [one.weight for one in KINDS])
    return kind(chance, max(0, images - 1 - int(chance.expovariate(.5))))
