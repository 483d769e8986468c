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

import io

import boto3
from botocore import config
from botocore import response
from botocore import stub
from glance_store import exceptions as store_exc
from oslotest import base

from glance_artifacts.store import ranged

DATA = bytes(range(100))


class _Driver:
    """Does what all drivers do with ``get``."""

    def is_capable(self, *wanted):
        return False


class _Other(_Driver):

    def get(self, location, offset=0, chunk_size=None):
        return iter([DATA[:30], DATA[30:]]), len(DATA)


class _Swift(_Driver):
    """Breaks off, and asks for the rest, as the driver for Swift does.

    :param whole: whatever is between sends all of an object
    """

    def __init__(self, whole=False):
        self.whole = whole
        self.asked = []

    def get(self, location, offset=0, chunk_size=None):
        headers, body = self._get_object(location, manager='manager')
        return self._retried(body, location), len(body)

    def _retried(self, body, location):
        yield body[:10]
        yield self._get_object(location, manager='manager', start=10)[1]

    def _get_object(self, location, manager, start=None):
        self.asked.append((location, manager, start))
        if self.whole:
            return {'content-length': '100'}, DATA
        return {'content-range': 'bytes %d-99/100' % start}, DATA[start:]


class _S3(_Driver):
    """Makes a client for each request."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def get(self, location, offset=0, chunk_size=None):
        found = self._create_s3_client().get_object(Bucket='bucket',
                                                    Key='key')
        return iter([found['Body'].read()]), found['ContentLength']

    def _create_s3_client(self):
        client = boto3.client(
            's3', region_name='region', aws_access_key_id='id',
            aws_secret_access_key='key', config=config.Config())
        stubber = stub.Stubber(client)
        stubber.add_response('get_object', self.answer)
        stubber.activate()
        client.meta.events.register_last(
            'before-parameter-build.s3.GetObject', self.note)
        return client

    def note(self, params, **kwargs):
        self.asked.append(params.get('Range'))


class TestRead(base.BaseTestCase):

    def read(self, driver, offset, length):
        return b''.join(ranged.read(driver, 'location', offset, length))

    def test_what_others_send_before_is_dropped(self):
        self.assertEqual(DATA[20:50], self.read(_Other(), 20, 30))

    def test_swift(self):
        driver = _Swift()
        self.assertEqual(DATA[20:50], self.read(driver, 20, 30))
        # where it broke off it goes on, and not 20 bytes before
        self.assertEqual([('location', 'manager', 20),
                          ('location', 'manager', 30)], driver.asked)
        # others use the driver itself
        self.assertNotIn('_get_object', vars(driver))

    def test_swift_sends_all_of_it(self):
        self.assertRaises(store_exc.BackendException, self.read,
                          _Swift(whole=True), 20, 30)

    def test_s3(self):
        driver = _S3(self.body(DATA[20:30], ContentRange='bytes 20-29/100'))
        self.assertEqual(DATA[20:30], self.read(driver, 20, 10))
        self.assertEqual(['bytes=20-29'], driver.asked)

    def test_s3_sends_all_of_it(self):
        self.assertRaises(store_exc.BackendException, self.read,
                          _S3(self.body(DATA)), 20, 10)

    def body(self, data, **more):
        return {'Body': response.StreamingBody(io.BytesIO(data), len(data)),
                'ContentLength': len(data), **more}
