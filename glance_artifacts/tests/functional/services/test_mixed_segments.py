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

"""Blobs of which some segments are files and others are in Swift."""

import io
import os
import random
import uuid

import sqlalchemy as sa

from glance_artifacts.cmd import configuration
from glance_artifacts.db import models
from glance_artifacts.dev import swift as dev_swift
from glance_artifacts.store import reader
from glance_artifacts.store import standalone
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional.services import test_object_stores
from glance_artifacts.tests.functional.store import test_sending

SIZES = (100_000, 70_000, 1, 200_000)


class TestMixed(test_object_stores.OnStore, test_sending.LayoutsTest):

    kind = 'swift'
    containers = (dev_swift.CONTAINER,)

    @classmethod
    def options(cls):
        return cls.swift.server.options('far')

    def mixed(self, data, stores):
        """An artifact of segments that are in these stores."""
        found = standalone.Standalone(configuration.load(
            str(self.server.state / 'etc')))
        artifact = self.active(data=b'x' * len(data))
        (row,) = self.segments(artifact)
        begin, rows = 0, []
        for n, (store, size) in enumerate(zip(stores, SIZES), 1):
            part = data[begin:begin + size]
            new = str(uuid.uuid4())
            location = found.put(store, 'gart-%s-%s' % ('3' * 12, new),
                                 reader.Reader(io.BytesIO(part), size, size),
                                 size).location
            rows.append({**row, 'id': new, 'n': n, 'size': size,
                         'backend': store, 'location': location})
            begin += size
        ours = artifact['id']
        self.change(
            sa.delete(models.segments)
            .where(models.segments.c.artifact_id == ours),
            sa.insert(models.segments).values(rows),
            sa.update(models.blobs).where(models.blobs.c.artifact_id == ours)
            .values(segments=len(rows)))
        return artifact

    def test_ranges(self):
        rand = random.Random(hostile.SEED)
        data = os.urandom(sum(SIZES))
        for stores in (('local', 'far', 'local', 'far'),
                       ('far', 'local', 'far', 'local')):
            artifact = self.mixed(data, stores)
            self.same_bytes(data, self.call(
                'GET', artifact['self'] + '/data').content)
            chosen = [sorted(rand.randrange(len(data)) for _ in range(2))
                      for _ in range(100 if hostile.SOAK else 6)]
            for begin, end in ((99_999, 170_001), (170_000, 170_000),
                               *chosen):
                self.same_bytes(data[begin:end + 1],
                                self.range(artifact, begin, end).content)
            self.call('DELETE', artifact['self'], 204)
