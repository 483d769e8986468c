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

"""What dies in mid upload, what waits for deletion, and who clears it up."""

import concurrent.futures
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import uuid

import requests
import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts.dev import checks
from glance_artifacts.dev import process
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.store import test_uploads

MIB = 1024 * 1024
SOAK = bool(os.environ.get('GLANCE_ARTIFACTS_SOAK'))
LEASE = 4
#: One purge after the other, from when it says that it is ready until its
#: standard input ends; it says how many there were.
_PURGES = """
import select, sys
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import purge
work = purge.prepare(configuration.load(sys.argv[1]), 0)
print('ready', flush=True)
rounds = 0
while not select.select([sys.stdin], [], [], 0)[0]:
    for part in (work.settle, work.forget, work.sweep):
        for outcome in part():
            assert outcome.problem is None, outcome
    rounds += 1
print(rounds)
"""


#: Has the ledger to itself.
_ALONE = {'sqlite': 'BEGIN IMMEDIATE',
          'mysql': 'LOCK TABLES gart_segments WRITE',
          'postgresql': 'LOCK TABLE gart_segments IN EXCLUSIVE MODE'}


class PurgeTest(base.ApiTest):
    """A server of one process, with leases that run out soon."""

    server_options = {'processes': 1, 'extra': {
        'artifacts': {'lease_time': str(LEASE)}}}

    def command(self, *args):
        return [sys.executable, '-m', 'glance_artifacts.cmd.manage',
                '--config-dir', str(self.server.state / 'etc'), *args]

    def purge(self, *args):
        """Run the command; its numbers."""
        done = subprocess.run(
            self.command('purge', '--json', '--older-than', '0', *args),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120)
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def ledger(self):
        """All segments of this server."""
        return self.select(sa.select(models.segments))

    def leases(self):
        """Until when the segments that are written are their writers'."""
        return [row['lease_until'] for row in self.ledger()
                if row['status'] == 'saving']

    def select(self, statement):
        engine = databases.engine_of(self.connection())
        try:
            with engine.connect() as conn:
                return [dict(row) for row in
                        conn.execute(statement).mappings()]
        finally:
            engine.dispose()

    def connection(self):
        for line in (self.server.state / 'etc' / 'glance-api.conf'
                     ).read_text().splitlines():
            if line.startswith('connection ='):
                return line.partition('=')[2].strip()

    def workers(self):
        """The processes that serve, whose parent is uWSGI's master."""
        master = self.server.uwsgi.pid
        return [int(pid) for pid in pathlib.Path(
            '/proc/%d/task/%d/children' % (master, master)
        ).read_text().split()]

    def kill(self):
        """Kill the process that serves; wait for its successor."""
        (worker,) = self.workers()
        os.kill(worker, signal.SIGKILL)
        self.eventually(lambda: self.workers() not in ([worker], []),
                        'uWSGI starts another')
        self.eventually(self.serves, 'it serves')

    def serves(self):
        try:
            return self.http('GET', '/artifacts').status_code == 200
        except requests.RequestException:
            return False

    def expired(self):
        """Whether all leases have run out, by the database's clock."""
        found = self.purge('--dry-run')
        saving = [row for row in self.ledger() if row['status'] == 'saving']
        return found['uploads'] == len(saving)

    def nothing_to_correct(self):
        """The counters of all projects are what there is."""
        done = subprocess.run(
            self.command('quota', 'recount', '--dry-run'),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def come_of_age(self):
        """Let an hour pass for what is to be deleted."""
        hour = datetime.timedelta(hours=1)
        engine = databases.engine_of(self.connection())
        self.addCleanup(engine.dispose)
        with engine.begin() as conn:
            for row in self.ledger():
                if row['status'] == 'deleted':
                    conn.execute(
                        sa.update(models.segments)
                        .where(models.segments.c.id == row['id'])
                        .values(lease_until=row['lease_until'] - hour))

    def begun(self, artifact, length=2 * MIB):
        """An upload of which some bytes have arrived in the store."""
        before = self.files()
        upload = test_uploads.Upload(self, artifact, length)
        upload.send(os.urandom(MIB))
        self.eventually(lambda: self.files() - before, 'the upload begins')
        return upload

    def image(self, data):
        """An image in the same store; its file."""
        image = self.call('POST', '/images', 201, json={
            'name': 'image', 'disk_format': 'raw',
            'container_format': 'bare'}).json()
        self.call('PUT', image['file'], 204, data=data, headers={
            'Content-Type': 'application/octet-stream'})
        self.addCleanup(self.http, 'DELETE', '/images/' + image['id'],
                        token=base.ADMIN)
        return image['file']

    def strangers(self):
        """An object of another deployment, and names that are near ours."""
        names = {'gart-%s-%s' % ('0' * 12, uuid.uuid4()), 'gart-',
                 'gart-x-%s' % uuid.uuid4()}
        for name in names:
            path = self.server.state / 'stores' / 'local' / name
            path.write_bytes(b'not ours')
            self.addCleanup(path.unlink)
        return names


class TestKilled(PurgeTest):

    def test_in_mid_part(self):
        size, last = 5 * MIB, 2 * MIB
        draft = self.create()
        session = self.call('POST', draft['self'] + '/uploads', 201, json={
            'blob': 'data', 'part_size': size}).json()
        name = 'uploads/%s' % session['id']
        first, second = os.urandom(size), os.urandom(last)
        self.upload(draft, first, name + '/parts/1', 200)
        before = self.files()
        times = 30 if SOAK else 3
        for number in range(times):
            there = self.files()
            part = test_uploads.Upload(self, draft, None if number % 2
                                       else last, name + '/parts/2')
            part.send(second[:MIB])
            self.eventually(lambda: self.files() - there, 'a part begins')
            self.kill()
        self.eventually(self.expired, 'the leases run out')
        self.assertEqual(times, self.purge()['uploads'])
        self.assertEqual(before, self.files())
        self.nothing_to_correct()
        path = '%s/%s' % (draft['self'], name)
        self.assertEqual([1], [part['n'] for part in self.call(
            'GET', path).json()['parts']])
        self.upload(draft, second, name + '/parts/2', 200)
        self.call('POST', path + '/complete', 201)
        self.same_bytes(first + second, self.call(
            'GET', draft['self'] + '/data').content)
        self.call('DELETE', draft['self'], 204)
        self.nothing_to_correct()

    def test_in_mid_upload(self):
        strangers = self.strangers()
        image = self.image(b'an image')
        kept = self.active(data=b'what was there before')
        before = self.files()
        drafts = []
        for number in range(100 if SOAK else 10):
            drafts.append(self.create())
            self.begun(drafts[-1], None if number % 2 else 2 * MIB)
            self.kill()
        for draft in drafts:
            self.assertEqual('saving', self.show(draft)['data']['status'])
        self.assertEqual(len(drafts), len(self.files() - before))
        self.eventually(self.expired, 'the leases run out')
        found = self.purge()
        self.assertEqual((len(drafts), len(drafts), 0),
                         (found['uploads'], found['objects'],
                          found['failed']))
        self.assertEqual(before, self.files())
        self.assertEqual(['active'], [row['status']
                                      for row in self.ledger()])
        self.assertEqual(set(), strangers - self.files())
        self.assertEqual(b'an image', self.call('GET', image).content)
        self.assertEqual(b'what was there before', self.call(
            'GET', kept['self'] + '/data').content)
        self.nothing_to_correct()
        for draft in drafts:
            self.check_usable(draft)
        self.call('DELETE', kept['self'], 204)
        self.nothing_to_correct()
        self.assertEqual([], self.ledger())

    def check_usable(self, draft):
        """The artifact is as if nothing had been."""
        shown = self.show(draft)
        self.assertIsNone(shown['data'])
        self.assertGreater(shown['updated_at'], draft['updated_at'])
        self.upload(draft, b'again')
        self.act(draft, 'activate')
        self.assertEqual(b'again', self.call(
            'GET', draft['self'] + '/data').content)
        self.call('DELETE', draft['self'], 204)

    def test_the_owner_need_not_wait(self):
        draft = self.create()
        self.begun(draft)
        self.kill()
        self.call('DELETE', draft['self'] + '/data', 204)
        self.upload(draft, b'again')
        self.eventually(self.expired, 'the lease runs out')
        self.assertEqual(1, self.purge()['uploads'])
        self.assertEqual(b'again', self.call(
            'GET', draft['self'] + '/data').content)
        self.call('DELETE', draft['self'], 204)
        self.assertEqual([], self.ledger())


class TestOutOfTouch(PurgeTest):

    def stopped(self):
        """Hold the process that serves, until the test goes on.

        Not in the middle of a transaction, for which others would wait.
        """
        (worker,) = self.workers()
        # right behind a renewal: one that waited for us would be made in
        # the name of who is stopped, and keep its lock
        leases = self.leases()
        self.eventually(lambda: self.leases() != leases,
                        'the lease is renewed')
        engine = databases.engine_of(self.connection())
        self.addCleanup(engine.dispose)
        with engine.connect() as conn:
            conn.exec_driver_sql(_ALONE[conn.dialect.name])
            os.kill(worker, signal.SIGSTOP)
        engine.dispose()
        self.addCleanup(os.kill, worker, signal.SIGCONT)
        return worker

    def test_for_too_long(self):
        draft = self.create()
        before = self.files()
        upload = self.begun(draft)
        worker = self.stopped()
        self.eventually(lambda: self.purge()['uploads'] == 1,
                        'the lease runs out')
        os.kill(worker, signal.SIGCONT)
        self.assertIsNone(self.show(draft)['data'])
        upload.send(os.urandom(MIB))
        self.assertEqual(503, upload.finish())
        self.assertEqual(before, self.files())
        self.assertEqual([], self.segments(draft))
        self.upload(draft, b'again')
        self.act(draft, 'activate')


class TestInTouch(PurgeTest):

    #: Three times what a busy machine may stop for.
    lease = 15
    server_options = {'processes': 1, 'extra': {
        'artifacts': {'lease_time': str(lease)}}}

    def test_a_client_that_takes_its_time(self):
        """The process renews the lease meanwhile."""
        draft = self.create()
        upload = self.begun(draft)
        (first,) = self.segments(draft)
        deadline = time.monotonic() + base.DEADLINE
        while (self.segments(draft)[0]['lease_until']
               - first['lease_until']).total_seconds() < self.lease:
            self.assertLess(time.monotonic(), deadline)
            self.assertEqual(0, self.purge()['uploads'])
        upload.send(os.urandom(MIB))
        self.assertEqual(201, upload.finish())
        self.act(draft, 'activate')


class TestOrphans(PurgeTest):

    def test_what_no_row_tells_of(self):
        strangers = self.strangers()
        kept = self.active(data=b'kept')
        (segment,) = self.segments(kept)
        (name,) = [name for name in self.files()
                   if name.endswith(segment['id'])]
        before = self.files()
        orphan = (self.server.state / 'stores' / 'local'
                  / name.replace(segment['id'], str(uuid.uuid4())))
        orphan.write_bytes(b'nobody knows')
        self.assertEqual(1, self.purge('--dry-run')['orphans'])
        self.assertEqual(0, self.purge('--older-than', '3600')['orphans'])
        self.assertTrue(orphan.exists())
        self.assertEqual(1, self.purge()['orphans'])
        self.assertEqual(before, self.files())
        self.assertEqual(set(), strangers - before)
        self.assertEqual(b'kept', self.call(
            'GET', kept['self'] + '/data').content)


class TestAllAtOnce(PurgeTest):
    """Two purges and four uploaders: no byte that was acknowledged is lost."""

    server_options = {'processes': 2, 'extra': {
        'artifacts': {'lease_time': str(LEASE)}}}
    SECONDS = 60 if SOAK else 6

    def test_no_byte_is_lost(self):
        strangers, image = self.strangers(), self.image(b'an image')
        purges = [self.purges() for _ in range(2)]
        for one in purges:
            self.assertEqual('ready\n', one.stdout.readline())
        self.end = time.monotonic() + self.SECONDS
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            uploaders = [pool.submit(self.uploader, number)
                         for number in range(4)]
            kept = {path: data for one in uploaders
                    for path, data in one.result().items()}
        self.assertGreater(len(kept), 4)
        for one in purges:
            rounds, errors = one.communicate(timeout=60)
            self.assertEqual(0, one.returncode, errors)
            self.assertGreater(int(rounds), 0)
        for path, data in kept.items():
            self.same_bytes(data, self.call('GET', path).content)
        self.assertEqual(set(), strangers - self.files())
        self.assertEqual(b'an image', self.call('GET', image).content)
        statuses = [row['status'] for row in self.ledger()]
        self.assertEqual(['active'] * len(kept), statuses)
        self.assertEqual(len(kept), len([
            name for name in self.files() - strangers
            if name.startswith('gart-')]))

    def purges(self):
        child = subprocess.Popen(
            [sys.executable, '-c', _PURGES, str(self.server.state / 'etc')],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(child.kill)
        return child

    def uploader(self, number):
        """Upload, now and then in many pieces, and delete every third."""
        kept, count = {}, 0
        session = checks.session()
        headers = {'X-Auth-Token': self.member, 'Connection': 'close'}
        while time.monotonic() < self.end or len(kept) < 2:
            count += 1
            made = session.post(
                self.url + '/artifacts/generic', headers=headers,
                json={'name': 'a%d-%d' % (number, count)}).json()
            data = os.urandom(200_000)
            body = iter([data[:1000], data[1000:]]) if count % 2 else data
            path = made['self'] + '/data'
            status = session.put(self.server.root + path, headers=headers,
                                 data=body).status_code
            if status == 503:
                continue  # a machine too busy to renew a lease in time
            self.assertEqual(201, status)
            if count % 3:
                kept[path] = data
            else:
                self.assertEqual(204, session.delete(
                    self.server.root + made['self'],
                    headers=headers).status_code)
        return kept


class TestDelayed(PurgeTest):
    """With Glance's own options."""

    server_options = {'processes': 1, 'extra': {
        'DEFAULT': {'delayed_delete': 'true', 'scrub_time': '3600'},
        'artifacts': {'lease_time': str(LEASE)}}}

    def test_bytes_go_later(self):
        artifact, draft = self.active(data=b'bytes'), self.create()
        self.upload(draft, b'more bytes')
        before = self.files()
        self.call('DELETE', artifact['self'], 204)
        self.call('DELETE', draft['self'] + '/data', 204)
        self.call('GET', artifact['self'], 404)
        self.assertIsNone(self.show(draft)['data'])
        # at once there may be a new one in its place
        self.upload(draft, b'other bytes')
        self.assertEqual(0, self.purge()['objects'])
        self.assertEqual(set(), before - self.files())
        self.come_of_age()
        self.assertEqual(2, self.purge()['objects'])
        self.assertEqual(set(), self.files() & before)
        self.assertEqual(b'other bytes', self.call(
            'GET', draft['self'] + '/data').content)
        self.assertEqual(1, len(self.ledger()))


class TestWorker(PurgeTest):

    def worker(self, *args):
        child = process.Process(
            self.command('worker', *args), self.server.state / 'worker.log',
            os.environ)
        self.addCleanup(child.stop)
        return child

    def test_until_it_is_told_to_stop(self):
        before = self.files()
        worker = self.worker('--interval', '0.2')
        for _ in range(2):
            draft = self.create()
            upload = self.begun(draft)
            stopped = TestOutOfTouch.stopped(self)
            self.eventually(lambda: self.files() == before,
                            'the worker comes by')
            os.kill(stopped, signal.SIGCONT)
            upload.break_off(True)
            self.assertIsNone(self.show(draft)['data'])
        self.assertIsNone(worker.status())
        os.kill(worker.pid, signal.SIGTERM)
        self.assertEqual(0, worker.wait(20))
        self.assertIn('1 objects, 1 uploads', worker.tail())

    def test_stops_while_it_waits(self):
        worker = self.worker('--interval', '1000')
        self.eventually(lambda: self.has_handler(worker.pid), 'it is there')
        os.kill(worker.pid, signal.SIGTERM)
        self.assertEqual(0, worker.wait(20))

    def has_handler(self, pid):
        """Whether a process catches SIGTERM."""
        for line in pathlib.Path('/proc/%d/status' % pid
                                 ).read_text().splitlines():
            if line.startswith('SigCgt:'):
                return int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1

    def test_a_store_that_fails_is_no_error_of_users(self):
        """What it does not delete is left to the worker."""
        artifact = self.active(data=b'bytes')
        (segment,) = self.segments(artifact)
        (name,) = [name for name in self.files()
                   if name.endswith(segment['id'])]
        path = self.server.state / 'stores' / 'local' / name
        # not even root can unlink a directory
        path.unlink()
        path.mkdir()
        self.call('DELETE', artifact['self'], 204)
        self.call('GET', artifact['self'], 404)
        (row,) = self.segments(artifact)
        self.assertEqual('deleted', row['status'])
        path.rmdir()
        path.write_bytes(b'bytes')
        self.assertEqual(1, self.purge()['objects'])
        self.assertFalse(path.exists())
        self.assertEqual([], self.segments(artifact))
