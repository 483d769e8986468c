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

"""A server with two pools, one of them on stores of our own."""

from __future__ import annotations

import pathlib
import shutil
from typing import Any

from glance_artifacts.tests.functional.glance import base
from glance_artifacts.tests.functional.glance import plugged


def two_pools(etc: pathlib.Path) -> None:
    """``general`` on Glance's store, ``critical`` on two of ours."""
    plugged.set_options(etc, 'artifacts', stores='bulk:file, safe:file',
                        pools='general, critical')
    plugged.set_options(
        etc, 'artifact_pool:critical', types='ml_models',
        allowed_types='generic', stores='bulk, safe')
    for name in ('bulk', 'safe'):
        plugged.set_options(etc, name, filesystem_store_datadir=str(
            etc.parent / 'stores' / name))
    plugged.own_database(etc)


class PoolsTest(base.ImagesTest):
    """Has a server like that, whose stores a test may unplug."""

    @classmethod
    def make_server(cls) -> base.EditedServer:
        return base.EditedServer(cls.edit)

    edit = staticmethod(two_pools)

    def store(self, name: str) -> pathlib.Path:
        return self.server.state / 'stores' / name

    def objects(self, name: str) -> set[str]:
        """What is in a store."""
        return {path.name for path in self.store(name).iterdir()}

    def unplug(self, *names: str) -> None:
        """Let stores be away until the test ends, or ``plug``."""
        for name in names:
            self.store(name).rename(self._away(name))
            self.addCleanup(self.plug, name)

    def plug(self, *names: str) -> None:
        for name in names:
            if self._away(name).exists():
                if self.store(name).exists():
                    shutil.rmtree(self.store(name))
                self._away(name).rename(self.store(name))

    def _away(self, name: str) -> pathlib.Path:
        return self.server.state / ('%s-unplugged' % name)

    def critical(self, data: bytes | None = None) -> dict[str, Any]:
        """An artifact in the pool of our own stores."""
        draft = self.create(pool='critical')
        if data is not None:
            self.upload(draft, data)
        return draft

    def backend(self, artifact: dict[str, Any]) -> str:
        """The store that has the bytes of an artifact."""
        (segment,) = self.segments(artifact)
        return segment['backend']
