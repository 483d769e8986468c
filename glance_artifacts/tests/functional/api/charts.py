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

"""Helm charts as the tests need them: small, and right."""

from __future__ import annotations

import gzip
import io
import tarfile

_YAML = 'apiVersion: v2\nname: %s\nversion: %s\n'
_SIGNED = ('-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n%s\n'
           '-----BEGIN PGP SIGNATURE-----\n\n=njUN\n'
           '-----END PGP SIGNATURE-----\n')


def pack(name: str, version: str) -> bytes:
    """The archive of a chart, the same each time."""
    text = (_YAML % (name, version)).encode()
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode='wb', mtime=0) as compressed:
        with tarfile.open(fileobj=compressed, mode='w') as archive:
            member = tarfile.TarInfo('%s/Chart.yaml' % name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    return packed.getvalue()


def sign(size: int = 0) -> bytes:
    """A provenance file, of at least so many bytes."""
    return (_SIGNED % ('x' * max(size - len(_SIGNED) + 2, 1))).encode()
