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

"""Transfers never take what images, or other pools, need."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import plugged
from glance_artifacts.tests.functional.glance import pools
from glance_artifacts.tests.functional.store import test_uploads

MIB = 1024 * 1024
#: What no buffers of a connection hold.
LARGE = 32 * MIB


class BulkheadTest(pools.PoolsTest):

    def upload_begun(self, draft):
        """An upload that does not go on."""
        upload = test_uploads.Upload(self, draft, 2 * MIB)
        upload.send(os.urandom(MIB))
        self.eventually(lambda: self.blob_rows(draft) != [],
                        'the upload begins')
        return upload

    def download_begun(self, artifact, headers=''):
        """A download that nobody reads on."""
        host = self.server.address
        found = socket.create_connection(tuple(host.split(':')),
                                         timeout=api_base.DEADLINE)
        self.addCleanup(found.close)
        found.sendall(
            ('GET %s/data HTTP/1.1\r\nHost: %s\r\nX-Auth-Token: %s\r\n%s\r\n'
             % (artifact['self'], host, self.member, headers)).encode())
        self.assertIn(b' 20', found.recv(100))
        return found

    def busy(self, method, path, **kwargs):
        self.refused(503, 'pool.busy', method, path, **kwargs)
        response = self.call(method, path, 503, **kwargs)
        self.assertGreater(int(response.headers['Retry-After']), 0)

    def images_work(self):
        data = os.urandom(100000)
        image = self.image(data)
        self.same_bytes(data, self.call('GET', image['file']).content)


class TestOfAPool(BulkheadTest):

    @staticmethod
    def edit(etc):
        pools.two_pools(etc)
        plugged.set_options(etc, 'artifact_pool:critical', max_transfers='1')

    def told(self):
        """Whether ``pool usage`` knows of it, and of two refused."""
        manage = pathlib.Path(sys.executable).with_name(
            'glance-artifacts-manage')
        done = subprocess.run(
            [manage, '--config-dir', self.server.state / 'etc', 'pool',
             'usage', '--json', 'critical'], check=True, capture_output=True)
        pool = json.loads(done.stdout)['critical']
        return (pool['transfers'] == 1 and pool['refused'] >= 2
                and pool['services'] == {
                    'glance-api on %s' % socket.gethostname(): 1})

    def free(self, path, data):
        self.eventually(lambda: self.http(
            'GET', path, token=self.member).content == data,
            'the transfer ends')

    def test_uploads(self):
        first, second = self.critical(), self.critical()
        upload = self.upload_begun(first)
        self.busy('PUT', second['self'] + '/data', data=b'x' * MIB)
        self.assertEqual([], self.blob_rows(second))
        self.eventually(self.told, 'it is told')
        self.active(data=b'bytes')
        self.images_work()
        upload.send(os.urandom(MIB))
        self.assertEqual(201, upload.finish())
        self.upload(second, b'bytes')

    def test_an_upload_that_breaks_off(self):
        first, second = self.critical(), self.critical()
        self.upload_begun(first).break_off(True)
        self.eventually(lambda: self.http(
            'PUT', second['self'] + '/data', token=self.member,
            data=b'bytes').status_code == 201, 'the transfer ends')

    def test_downloads(self):
        data = os.urandom(LARGE)
        artifact = self.critical(data)
        path = artifact['self'] + '/data'
        few = {'Range': 'bytes=10-19'}
        for headers in ('', 'Range: bytes=1-\r\n'):
            download = self.download_begun(artifact, headers)
            self.busy('GET', path)
            self.busy('GET', path, headers={'Range': 'bytes=5-100000'})
            self.busy('PUT', self.critical()['self'] + '/data', data=b'x')
            # what needs no thread for long
            self.call('HEAD', path)
            self.call('GET', path, 304, headers={
                'If-None-Match': '"sha256:%s"' % api_base.sha256(data)})
            self.assertEqual(data[10:20], self.call(
                'GET', path, 206, headers=few).content)
            self.images_work()
            download.close()
            self.free(path, data)

    def test_what_fails_takes_no_place(self):
        artifact = self.critical(b'x' * MIB)
        self.unplug('bulk')
        for _ in range(3):
            for headers in ({}, {'Range': 'bytes=0-99999'}):
                self.refused(503, 'store.object_missing', 'GET',
                             artifact['self'] + '/data', headers=headers)
        self.critical(b'bytes')


class TestOfAll(BulkheadTest):
    """One process, and pools without limits of their own."""

    def test_images_have_the_last_thread(self):
        drafts = [self.create() for _ in range(self.server.threads - 2)]
        drafts.append(self.critical())
        begun = [self.upload_begun(draft) for draft in drafts]
        for path in (self.create()['self'] + '/data',
                     self.critical()['self'] + '/data'):
            self.busy('PUT', path, data=b'bytes')
        image = self.create('images', disk_format='raw',
                            container_format='bare')
        self.busy('PUT', image['self'] + '/file', data=b'bytes')
        self.images_work()
        # clients that are refused keep nobody waiting either
        late = [test_uploads.Upload(self, self.create(), 64 * MIB)
                for _ in range(4)]
        for upload in late:
            upload.send(b'x')
        began = time.monotonic()
        self.images_work()
        self.assertLess(time.monotonic() - began, api_base.DEADLINE)
        for upload in late:
            self.assertEqual(503, upload.status())
        for upload in begun:
            upload.send(os.urandom(MIB))
            self.assertEqual(201, upload.finish())
        self.upload(image, b'bytes', 'file')


class TestTooMany(BulkheadTest):

    @staticmethod
    def edit(etc):
        pools.two_pools(etc)
        plugged.set_options(etc, 'artifact_pool:critical', max_transfers='8')

    def test_they_are_refused(self):
        self.refused(503, 'service.misconfigured', 'GET', '/artifacts')
        self.images_work()
        self.assertIn('[artifact_pool:critical]/max_transfers = 8',
                      self.server.log.read_text())
