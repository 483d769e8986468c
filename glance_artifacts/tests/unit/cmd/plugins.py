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

"""Plugins laid out in a directory, as pip would install them."""

from __future__ import annotations

import importlib
import pathlib
import sys

import fixtures
from stevedore import _cache
from stevedore import extension


class Plugins(fixtures.Fixture):
    """A directory on the path in which entry points are found."""

    def _setUp(self):
        self.home = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        for name, value in (
                ('sys.path', [str(self.home), *sys.path]),
                # stevedore remembers entry points, here and on the disk
                ('stevedore.extension.ExtensionManager.ENTRY_POINT_CACHE',
                 {}),
                ('stevedore._cache._c._internal', {}),
                ('stevedore._cache._c._disable_caching', True)):
            self.useFixture(fixtures.MonkeyPatch(name, value))

    def module(self, name: str, source: str) -> None:
        """A module that nobody has imported yet."""
        (self.home / (name + '.py')).write_text(source)
        importlib.invalidate_caches()
        sys.modules.pop(name, None)
        self.addCleanup(sys.modules.pop, name, None)

    def install(self, name: str, source: str, **points: str) -> None:
        """A package of one module; points map names to its objects."""
        self.module(name, source)
        info = self.home / (name + '-1.0.dist-info')
        info.mkdir(exist_ok=True)
        (info / 'METADATA').write_text(
            'Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n' % name)
        (info / 'entry_points.txt').write_text(
            '[glance_artifacts.types]\n' + ''.join(
                '%s = %s:%s\n' % (point.replace('__', '.'), name, value)
                for point, value in points.items()))
        extension.ExtensionManager.ENTRY_POINT_CACHE.clear()
        _cache._c._internal.clear()
