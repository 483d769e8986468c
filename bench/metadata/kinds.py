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

"""The artifact types of the bench, as a plugin of the servers it starts."""

from __future__ import annotations

import os
import pathlib
import sys

import bench
from glance_artifacts import types

_NAME = 'glance_artifacts_bench-1.0.dist-info'


class _Sample(types.ArtifactType):
    """Twelve fields, six of which lists can be filtered by, and a folder."""

    s100k = types.String('One of 100,000 values.', filterable=True)
    s1k = types.String('One of 1,000 values.', filterable=True,
                       sortable=True)
    flag = types.Boolean('One of two values.', filterable=True)
    num = types.Integer('Any number below a million.', filterable=True,
                        sortable=True)
    ratio = types.Float('Absent from every tenth.', filterable=True,
                        sortable=True)
    labels = types.Dict('Words by keys.', of=types.String(),
                        filterable=True)
    when = types.DateTime('Some time.')
    title = types.String('A few words.')
    licence = types.String('SPDX id.')
    notes = types.Text('Prose.', mutable=True)
    sizes = types.List('Numbers.', of=types.Integer())
    counter = types.Integer('Raised by clients.', mutable=True)
    files = types.Folder('Files.')


class Models(_Sample):
    """The type that most artifacts are of."""

    type_name = 'bench_models'


class Charts(_Sample):
    """One of the others."""

    type_name = 'bench_charts'


class Templates(_Sample):
    """One of the others."""

    type_name = 'bench_templates'


class Packages(_Sample):
    """One of the others."""

    type_name = 'bench_packages'


class Files(_Sample):
    """One of the others."""

    type_name = 'bench_files'


#: What is listed, and what new ones are of.
MAIN, OTHER = Models, Files
#: How many of ten artifacts are of each.
SHARES = {Models: 6, Charts: 1, Templates: 1, Packages: 1, Files: 1}
NAMES = tuple(str(one.type_name) for one in SHARES)


def install(directory: pathlib.Path) -> None:
    """Let this process, and servers it starts from now on, find the types.

    No package is built: what names the entry points is enough.
    """
    info = directory / _NAME
    info.mkdir(parents=True)
    info.joinpath('METADATA').write_text(
        'Metadata-Version: 2.1\nName: glance-artifacts-bench\nVersion: 1.0\n')
    info.joinpath('entry_points.txt').write_text(
        '[glance_artifacts.types]\n' + ''.join(
            '%s = %s:%s\n' % (one.type_name, __name__, one.__name__)
            for one in SHARES))
    top = str(pathlib.Path(bench.__file__).parent.parent)
    sys.path.insert(0, str(directory))
    os.environ['PYTHONPATH'] = os.pathsep.join(filter(None, (
        str(directory), top, os.environ.get('PYTHONPATH'))))
