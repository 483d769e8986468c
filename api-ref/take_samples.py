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

"""Takes the samples of the API reference from a running service.

Start one with ``./toxw -e serve``, then run this with the interpreter of
``.tox/functional``. It writes ``source/samples`` anew and leaves nothing
behind on the service.
"""

from __future__ import annotations

import json
import pathlib
import sys
from typing import Any

from glance_artifacts.dev import checks
from glance_artifacts import testing

_SAMPLES = pathlib.Path(__file__).parent / 'source' / 'samples'
_TOKEN = 'alice:5b8e2b7c1c0d4f0c9d6f3c6c1a2f7e90:member'
_ADMINS_TOKEN = 'root:admin:admin'
_MEMBER = '9f1c64d8a0b24e5e8c7d3b2a1f605948'
_MEMBERS_TOKEN = 'bob:%s:member' % _MEMBER
_CHART = testing.make_tar({'nginx/Chart.yaml': (
    b'apiVersion: v2\nname: nginx\nversion: 15.4.2\n'
    b'appVersion: "1.25.3"\nkeywords: [http, proxy]\n')})
_WEIGHTS = bytes.fromhex('0200000000000000') + b'{}'  # of no tensors
_PATCH = [
    {'op': 'replace', 'path': '/description',
     'value': 'A web server and reverse proxy.'},
    {'op': 'add', 'path': '/tags/-', 'value': 'proxy'},
    {'op': 'add', 'path': '/metadata/reviewed', 'value': 'yes'},
]


class Unexpected(Exception):
    """The service answers something else than the reference says."""


class Sampler:
    """Sends requests and keeps what belongs into the reference."""

    def __init__(self, root: str, token: str = _TOKEN) -> None:
        self._root = root
        self._session = checks.session()
        # the server closes each connection: one that is kept may be closing
        self._session.headers.update({'X-Auth-Token': token,
                                      'Connection': 'close'})
        self.samples: dict[str, Any] = {}

    def call(self, method: str, path: str, expected: int, sample: str = '',
             body: Any = None, **kwargs: Any) -> Any:
        """Send one request, with a JSON body or another.

        :param expected: the status without which there is no sample
        :param sample: the name of the sample, if it is to be one
        :raises Unexpected: for another status
        """
        if body is not None:
            kwargs['data'] = json.dumps(body)
            kwargs['headers'] = {'Content-Type': 'application/json',
                                 **kwargs.get('headers', {})}
        answer = self._session.request(
            method, '%s/v2/artifacts%s' % (self._root, path), **kwargs)
        if answer.status_code != expected:
            raise Unexpected('%s %s: %d instead of %d: %s' % (
                method, path, answer.status_code, expected, answer.text))
        shown = answer.json() if answer.content else None
        if sample:
            self.samples[sample + '-response'] = shown
            if body is not None:
                self.samples[sample + '-request'] = body
        return shown


def take(sampler: Sampler) -> None:
    """Play one life of an artifact."""
    call = sampler.call
    call('GET', '', 200, 'catalogue-show')
    call('GET', '/schemas', 200, 'schemas-list')
    call('GET', '/schemas/generic', 200, 'schema-show')
    call('GET', '/schemas/all/member', 200, 'schema-member')
    call('GET', '/schemas/all/members', 200, 'schema-members')
    first = '/helm_charts/' + call(
        'POST', '/helm_charts', 201, 'artifact-create', {
            'name': 'nginx', 'version': '15.4.2',
            'description': 'A web server.', 'tags': ['web', 'stable'],
            'metadata': {'team': 'platform'}})['id']
    second = '/helm_charts/' + call(
        'POST', '/helm_charts', 201,
        body={'name': 'nginx', 'version': '15.5.0-rc.1'})['id']
    call('POST', first + '/actions/activate', 409, 'error-incomplete')
    call('PUT', first + '/chart', 201, 'blob-upload', data=_CHART,
         headers={'Content-Type': 'application/gzip'})
    call('PUT', first + '/chart', 409, 'error-blob-exists', data=_CHART)
    call('PATCH', first, 200, 'artifact-update', _PATCH,
         headers={'Content-Type': 'application/json-patch+json'})
    call('POST', first + '/actions/activate', 200, 'artifact-activate')
    call('GET', '/usage', 200, 'usage-show')
    call('GET', first, 200, 'artifact-show')
    call('GET', '/helm_charts?name=nginx&sort=version:asc&limit=1', 200,
         'artifacts-list')
    call('GET', '/all?name=nginx&limit=1', 200, 'artifacts-list-all')
    call('POST', first + '/actions/deactivate', 200, 'artifact-deactivate')
    call('POST', first + '/actions/reactivate', 200, 'artifact-reactivate')
    call('DELETE', second, 204)
    call('DELETE', first, 204)
    take_folder(sampler)
    take_parts(sampler)
    take_members(sampler)


def take_folder(sampler: Sampler) -> None:
    """Fill a folder."""
    call = sampler.call
    model = '/ml_models/' + call('POST', '/ml_models', 201, body={
        'name': 'tiny', 'framework': 'pytorch'})['id']
    call('PUT', model + '/files/weights/1.safetensors', 201,
         'folder-entry-upload', data=_WEIGHTS)
    call('PUT', model + '/files/config.json', 201, data=b'{}',
         headers={'Content-Type': 'application/json'})
    call('GET', model + '/files', 200, 'folder-show')
    call('POST', model + '/actions/move', 202, 'artifact-move',
         {'pool': 'second'}, headers={'X-Auth-Token': _ADMINS_TOKEN})
    call('DELETE', model, 204)


def take_parts(sampler: Sampler) -> None:
    """Upload in parts; of so few bytes there is one."""
    call = sampler.call
    large = '/generic/' + call('POST', '/generic', 201, body={
        'name': 'large'})['id']
    upload = '%s/uploads/%s' % (large, call(
        'POST', large + '/uploads', 201, 'upload-create', {
            'blob': 'data', 'size': 3, 'part_size': 8388608,
            'content_type': 'text/plain'})['id'])
    part = call('PUT', upload + '/parts/1', 200, 'upload-part', data=b'...')
    call('GET', upload, 200, 'upload-show')
    call('POST', upload + '/complete', 201, 'upload-complete', {
        'parts': [{'n': 1, 'sha256': part['sha256']}]})
    call('DELETE', large, 204)


def take_members(sampler: Sampler) -> None:
    """Share an artifact with a project, which accepts."""
    call = sampler.call
    shared = '/generic/' + call('POST', '/generic', 201, body={
        'name': 'notes', 'visibility': 'shared'})['id']
    call('PUT', shared + '/data', 201, data=b'...')
    call('POST', shared + '/actions/activate', 200)
    call('POST', shared + '/members', 200, 'member-add', {'member': _MEMBER})
    call('PUT', '%s/members/%s' % (shared, _MEMBER), 200, 'member-update',
         {'status': 'accepted'}, headers={'X-Auth-Token': _MEMBERS_TOKEN})
    call('GET', '%s/members/%s' % (shared, _MEMBER), 200, 'member-show')
    call('GET', shared + '/members', 200, 'members-list')
    call('DELETE', '%s/members/%s' % (shared, _MEMBER), 204)
    call('DELETE', shared, 204)


def main() -> None:
    """Write the samples of the service at the URL that is given."""
    root = sys.argv[1] if len(sys.argv) > 1 else 'http://127.0.0.1:9292'
    sampler = Sampler(root)
    try:
        take(sampler)
    except Unexpected as exc:
        sys.exit(str(exc))
    for old in _SAMPLES.glob('*.json'):
        old.unlink()
    for name, shown in sampler.samples.items():
        (_SAMPLES / (name + '.json')).write_text(
            json.dumps(shown, indent=4, ensure_ascii=False) + '\n',
            encoding='utf-8')


if __name__ == '__main__':
    main()
