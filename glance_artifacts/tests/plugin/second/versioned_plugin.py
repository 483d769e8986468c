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

"""The same type in its first version and in its second."""

import os
import signal

from glance_artifacts import types

_calls = []


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


class Second(types.ArtifactType):
    """A type as it is."""

    type_name, type_version = 'versioned_types', '2.0'

    words = types.List('Words.', of=types.String(), required=True,
                       filterable=True)
    size = types.Integer('A number.', filterable=True, sortable=True,
                         mutable=True)
    colour = types.String('New.', default='red', mutable=True,
                          filterable=True)
    data = types.Blob('Bytes.', max_size=types.MiB)
    files = types.Folder('Files.', max_size=types.MiB, max_total=types.GiB)
    secret = types.String('Not shown.', internal=True)

    def upgrade(self, document, from_version):
        _calls.append(from_version)
        if str(len(_calls)) == os.environ.get('GART_TEST_KILL_AT'):
            os.kill(os.getpid(), signal.SIGKILL)
        if document['word'] == 'wrong':
            raise RuntimeError('upgrade stumbled')
        return {'words': [document['word']],
                'size': document['size'] and int(document['size']),
                'secret': document['secret']}
