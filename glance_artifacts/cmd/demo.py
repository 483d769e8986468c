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

"""The main job from end to end, printed as one would show it to a colleague.

Run it by ``./toxw -e demo``.
"""

from __future__ import annotations

from collections.abc import Iterable
import hashlib
import io
import json
import pathlib
import signal
import sys
import tarfile
import tempfile
from typing import Any

import requests

from glance_artifacts.dev import checks
from glance_artifacts.dev import server

_CHART = {
    'hello/Chart.yaml': (
        'apiVersion: v2\nname: hello\nversion: 1.2.0\nappVersion: "3.4"\n'
        'description: Says hello\nkeywords: [demo, greeting]\n'),
    'hello/values.yaml': 'replicas: 2\ngreeting: Hello\n',
    'hello/templates/configmap.yaml': (
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n'
        '  name: {{ .Release.Name }}\n'
        'data:\n  greeting: {{ .Values.greeting }}\n'),
}


class Failed(Exception):
    """A step did not answer as it should; the text says how."""


def pack_chart() -> bytes:
    """Make a Helm chart archive, as ``helm package`` would."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode='w:gz') as archive:
        for name, text in _CHART.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


class Client:
    """Sends requests, prints each with its answer, and is strict about it."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._session = checks.session()

    def call(self, method: str, path: str, expected: int, *,
             show: Iterable[str] = (), sent: str = '',
             **kwargs: Any) -> requests.Response:
        """Send one request.

        :param expected: the status without which the demonstration ends
        :param show: the fields of the answer to print
        :param sent: what to print for a body that is not JSON
        """
        sent = json.dumps(kwargs['json']) if 'json' in kwargs else sent
        print(f'   {method} {path}  {sent}'.rstrip())
        answer = self._session.request(method, self._root + path, timeout=60,
                                       **kwargs)
        print(f'   -> {answer.status_code} {answer.reason}')
        if answer.status_code != expected:
            raise Failed(f'{method} {path}: {answer.status_code} instead of'
                         f' {expected}: {answer.text}')
        for field in show:
            print(f'      {field + ":":14} {_brief(answer.json()[field])}')
        return answer


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        return ', '.join(f'{k} {_brief(v)}' for k, v in value.items()
                         if v is not None)
    return str(value)


def _title(text: str) -> None:
    print(f'\n== {text}', flush=True)


def _compare(what: str, sent: bytes, **digests: str) -> None:
    """Print the digest of what was sent and compare others with it."""
    expected = hashlib.sha256(sent).hexdigest()
    print('      sha256 of the bytes:')
    for name, digest in {'sent': expected, **digests}.items():
        print(f'      {name + ":":14} {digest}')
        if digest != expected:
            raise Failed(f'{what}: the digests differ')
    print('      the same')


def _chart(client: Client) -> str:
    chart = pack_chart()
    _title('A Helm chart becomes an artifact')
    path = client.call('POST', '/v2/artifacts/helm_charts', 201,
                       json={'name': 'hello', 'version': '1.2.0'},
                       show=('id', 'name', 'version', 'status', 'owner'),
                       ).json()['self']

    _title('Its archive is uploaded')
    client.call('PUT', f'{path}/chart', 201, data=chart,
                sent=f'<hello-1.2.0.tgz, {len(chart)} bytes>',
                headers={'Content-Type': 'application/gzip'},
                show=('status', 'size', 'sha256', 'content_type'))

    _title('Activated, it is fixed for ever')
    client.call('POST', f'{path}/actions/activate', 200,
                show=('status', 'activated_at'))
    client.call('PUT', f'{path}/chart', 409, data=b'something else',
                sent='<something else>')

    _title('It is found')
    found = client.call('GET', '/v2/artifacts/helm_charts?status=active', 200)
    for each in found.json()['artifacts']:
        print(f'      {each["name"]} {each["version"]} {each["status"]}'
              f' {each["self"]}')
    if [each['self'] for each in found.json()['artifacts']] != [path]:
        raise Failed('the list does not hold the chart and it alone')

    _title('It is downloaded, byte for byte')
    got = client.call('GET', f'{path}/chart', 200)
    kept = client.call('GET', path, 200).json()['chart']['sha256']
    _compare('chart', chart, kept=kept,
             received=hashlib.sha256(got.content).hexdigest())
    return path


def _image(client: Client) -> str:
    content = bytes(range(256)) * 4096
    _title("Beside it: an image, through Glance's own API")
    image = client.call('POST', '/v2/images', 201, json={
        'name': 'hello-image', 'disk_format': 'raw',
        'container_format': 'bare'}, show=('id', 'name', 'status')).json()
    client.call('PUT', image['file'], 204, data=content,
                sent=f'<{len(content)} bytes>',
                headers={'Content-Type': 'application/octet-stream'})
    got = client.call('GET', image['file'], 200)
    _compare('image', content,
             received=hashlib.sha256(got.content).hexdigest())
    return image['self']


def play(root: str) -> None:
    """Play the whole job against a running server.

    :raises Failed: at the first step that answers differently
    """
    client = Client(root)
    chart = _chart(client)
    image = _image(client)
    _title('Both, side by side in one Glance')
    client.call('GET', chart, 200, show=(
        'name', 'version', 'type_name', 'status', 'visibility', 'owner',
        'chart'))
    client.call('GET', image, 200, show=(
        'name', 'status', 'visibility', 'owner', 'size', 'disk_format'))


def _run(state: pathlib.Path) -> int:
    glance = server.Server(state, port=checks.free_port(), report=print)
    try:
        _title('A real glance-api, set up from nothing')
        glance.prepare()
        glance.start()
        glance.wait_ready()
        print(f'ready: {glance.url}')
        play(glance.root)
    except (checks.SetupError, Failed, requests.RequestException) as error:
        sys.stdout.flush()
        print(f'demo: {error}', file=sys.stderr)
        return 1
    finally:
        glance.stop()
    print('\nDone: everything answered as it should.')
    return 0


def main() -> int:
    """Play in a temporary directory; return the exit status."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix='glance-artifacts-') as state:
        return _run(pathlib.Path(state))


if __name__ == '__main__':
    sys.exit(main())
