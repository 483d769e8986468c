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

"""Upload a file in parts; after a broken line, run the same once more.

It needs ``requests``, and the token in ``$OS_TOKEN`` where one is wanted.
"""

import argparse
import hashlib
import os
import sys

import requests


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('artifact', help='URL, such as'
                        ' https://glance/v2/artifacts/generic/ID')
    parser.add_argument('file')
    parser.add_argument('--blob', default='data', help='field of the type')
    parser.add_argument('--key', help='of the file, in a folder')
    parser.add_argument('--upload', help='go on with the upload of this id')
    args = parser.parse_args()
    session = requests.Session()
    session.headers['X-Auth-Token'] = os.environ.get('OS_TOKEN', '')
    uploads = args.artifact + '/uploads'
    try:
        if args.upload is None:
            args.upload = ask(session, 'POST', uploads, json={
                'blob': args.blob, 'key': args.key,
                'size': os.path.getsize(args.file)}).json()['id']
        tree = send(session, '%s/%s' % (uploads, args.upload), args.file)
    except requests.RequestException as exc:
        print('\n%s\nGo on with: --upload %s' % (exc, args.upload),
              file=sys.stderr)
        return 1
    print('\ndone: tree_sha256 %s' % tree)
    return 0


def send(session: requests.Session, upload: str, path: str) -> str:
    """Send what has not arrived yet, and complete; the tree digest."""
    answer = ask(session, 'GET', upload)
    # where that was answered, should another service have the bytes: parts
    # that are sent there at once are not sent twice
    upload, state = answer.url, answer.json()
    there = {part['n']: part['sha256'] for part in state['parts']}
    digests = []
    with open(path, 'rb') as file:
        while data := file.read(state['part_size']):
            digest = hashlib.sha256(data).hexdigest()
            digests.append(digest)
            n = len(digests)
            if there.get(n) != digest:
                ask(session, 'PUT', '%s/parts/%d' % (upload, n), data=data,
                    headers={'X-Artifact-SHA256': digest})
            print('\r%d of %d bytes' % (file.tell(), state['size']), end='',
                  flush=True)
    blob = ask(session, 'POST', upload + '/complete', json={'parts': [
        {'n': n, 'sha256': digest} for n, digest in enumerate(digests, 1)]})
    return blob.json()['tree_sha256']


def ask(session: requests.Session, method: str, url: str,
        **kwargs) -> requests.Response:
    """Send a request, again to where a 307 leads; what is answered."""
    answer = session.request(method, url, timeout=300, **kwargs)
    if answer.status_code >= 400:
        raise requests.HTTPError('%s %s: %d %s' % (
            method, url, answer.status_code, answer.text))
    return answer


if __name__ == '__main__':
    sys.exit(main())
