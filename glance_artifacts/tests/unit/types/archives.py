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

"""Archives for tests, good ones and hostile ones."""

import io
import tarfile
import zipfile

from oslotest import base

from glance_artifacts import types


class ArchiveTestCase(base.BaseTestCase):

    def open(self, data, **limits):
        return types.Archive.open(io.BytesIO(data), **limits)

    def assert_rejects(self, data, text, **limits):
        error = self.assertRaises(types.Rejected, self.open, data, **limits)
        self.assertIn(text, str(error))
        # It reaches the caller.
        str(error).encode('utf-8')


def tar(*entries, mode='w', **options):
    """A tar archive: of names, or of (name, bytes or attributes)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode, **options) as archive:
        for entry in entries:
            name, content = (entry, b'') if isinstance(entry, str) else entry
            info = tarfile.TarInfo(name)
            if name.endswith('/'):
                info.type = tarfile.DIRTYPE
            if isinstance(content, bytes):
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
                continue
            for attribute, value in content.items():
                setattr(info, attribute, value)
            archive.addfile(info)
    return made.getvalue()


def header(name, type=tarfile.REGTYPE, size=0, data=b''):
    """One entry of a tar archive, true or not, without its end."""
    info = tarfile.TarInfo(name)
    info.type, info.size = type, size
    block = info.tobuf(tarfile.GNU_FORMAT, 'utf-8', 'surrogateescape')
    return block + data + bytes(-len(data) % tarfile.BLOCKSIZE)


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    """A zip archive: of names, or of (name, bytes or attributes)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, 'w') as archive:
        for entry in entries:
            name, content = (entry, b'') if isinstance(entry, str) else entry
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            if isinstance(content, bytes):
                archive.writestr(info, content)
                continue
            for attribute, value in content.items():
                setattr(info, attribute, value)
            archive.writestr(info, b'')
    return made.getvalue()
