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

"""The API for authors of artifact types, kept stable by its ``__all__``.

A type is one class and one entry point under ``glance_artifacts.types``::

    from glance_artifacts import types

    class Collection(types.ArtifactType):
        '''An Ansible collection.'''
        type_name, type_version = 'ansible_collections', '1.0'

        licence = types.String('SPDX id.', filterable=True)
        archive = types.Blob('The .tar.gz archive.', required=True,
                             max_size=types.MiB)

        def inspect(self, blob):
            with blob.open() as file, types.Archive.open(file) as archive:
                if 'MANIFEST.json' not in archive.names():
                    raise types.Rejected('MANIFEST.json is missing.')
"""

from glance_artifacts.types.archive import Archive
from glance_artifacts.types.base import ArtifactType
from glance_artifacts.types.blob import Blob
from glance_artifacts.types.blob import GiB
from glance_artifacts.types.blob import KiB
from glance_artifacts.types.blob import MiB
from glance_artifacts.types.blob import TiB
from glance_artifacts.types.containers import Dict
from glance_artifacts.types.containers import List
from glance_artifacts.types.field import Field
from glance_artifacts.types.folder import Folder
from glance_artifacts.types.link import Link
from glance_artifacts.types.rejected import Rejected
from glance_artifacts.types.route import Route
from glance_artifacts.types.scalars import Boolean
from glance_artifacts.types.scalars import Float
from glance_artifacts.types.scalars import Integer
from glance_artifacts.types.scalars import String
from glance_artifacts.types.scalars import Text
from glance_artifacts.types.semver import SemVer
from glance_artifacts.types.times import DateTime

__all__ = (
    'Archive', 'ArtifactType', 'Blob', 'Boolean', 'DateTime', 'Dict', 'Field',
    'Float', 'Folder', 'GiB', 'Integer', 'KiB', 'Link', 'List', 'MiB',
    'Rejected', 'Route', 'SemVer', 'String', 'Text', 'TiB',
)
