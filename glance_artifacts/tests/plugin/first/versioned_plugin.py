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

"""A type in its first version."""

from glance_artifacts import types


class First(types.ArtifactType):
    """A type as it was."""

    type_name, type_version = 'versioned_types', '1.0'

    word = types.String('One word.', required=True, filterable=True,
                        sortable=True)
    size = types.String('A number in a text.', filterable=True, sortable=True,
                        mutable=True)
    data = types.Blob('Bytes.', max_size=types.MiB)
    files = types.Folder('Files.', max_size=types.MiB, max_total=types.GiB)
    secret = types.String('Not shown.', internal=True, default='hidden')
