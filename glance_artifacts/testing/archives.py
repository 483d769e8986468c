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

"""Makes small archives in memory, the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping
import gzip
import io
import tarfile
import zipfile


def make_tar(files: Mapping[str, bytes]) -> bytes:
    """A tar.gz archive of files, by their names in it."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode='w') as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(made.getvalue(), mtime=0)


def make_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of files, by their names in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data,
                             zipfile.ZIP_DEFLATED)
    return made.getvalue()
