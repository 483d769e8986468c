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

"""Versions as in Semantic Versioning 2.0.0, with short forms completed.

``1`` means ``1.0.0`` and ``1.2-rc1`` means ``1.2.0-rc1``: the missing numbers
are filled in before the pre-release and the build metadata.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from glance_artifacts.types.field import fail
from glance_artifacts.types.field import Field

MAX_LENGTH = 128
#: of each numeric part, so that it fits a 64-bit integer everywhere
MAX_DIGITS = 18

_NUMBER = r'(?:0|[1-9][0-9]{0,%d})' % (MAX_DIGITS - 1)
_PRE = r'(?:%s|[0-9]*[A-Za-z-][0-9A-Za-z-]*)' % _NUMBER
_BUILD = r'[0-9A-Za-z-]+'
PATTERN = (r'({n})(?:\.({n}))?(?:\.({n}))?(?:-({p}(?:\.{p})*))?'
           r'(?:\+({b}(?:\.{b})*))?').format(n=_NUMBER, p=_PRE, b=_BUILD)
_VERSION = re.compile(PATTERN)


@dataclasses.dataclass(frozen=True)
class Version:
    """The parts of a version; ``str()`` gives its complete form."""

    major: int
    minor: int
    patch: int
    #: identifiers; numeric ones as int, which come before the others
    prerelease: tuple[int | str, ...] = ()
    build: str = ''

    def __str__(self) -> str:
        text = '%d.%d.%d' % (self.major, self.minor, self.patch)
        if self.prerelease:
            text += '-' + '.'.join(str(part) for part in self.prerelease)
        return text + '+' + self.build if self.build else text


class SemVer(Field):
    """A version as in SemVer 2; short forms are completed.

    Filters compare versions in their own order: 1.9.0 is below 1.10.0, and
    1.10.0-rc.1 is below 1.10.0.
    """

    kind = 'semver'

    def value_schema(self) -> dict[str, Any]:
        return {'type': 'string', 'maxLength': MAX_LENGTH,
                'pattern': '^%s$' % PATTERN}

    def _normal(self, value: Any, path: str) -> str:
        return complete(value, path)


def parse(text: Any, field: str = 'version') -> Version:
    """Take a version apart.

    :param text: a version, in short or complete form
    :param field: how errors name it
    :raises InvalidValue: if it is not a version of at most 128 characters
        with numeric parts of at most 18 digits
    """
    # The length comes first: it bounds the work of the regular expression.
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        fail(field, 'must be a version of at most %d characters' % MAX_LENGTH)
    match = _VERSION.fullmatch(text)
    if match is None:
        fail(field, 'must be a version as in SemVer 2 (such as 1, 1.2 or '
             '1.2.3-rc.1+build) with numbers of at most %d digits'
             % MAX_DIGITS)
    major, minor, patch, prerelease, build = match.groups()
    version = Version(int(major), int(minor or 0), int(patch or 0),
                      _identifiers(prerelease), build or '')
    if len(str(version)) > MAX_LENGTH:
        fail(field, 'must be a version that completed to three numbers has '
             'at most %d characters' % MAX_LENGTH)
    return version


def complete(text: Any, field: str = 'version') -> str:
    """The complete form of a version: the one that is stored and shown.

    :raises InvalidValue: as parse does
    """
    return str(parse(text, field))


def _identifiers(prerelease: str | None) -> tuple[int | str, ...]:
    if prerelease is None:
        return ()
    return tuple(int(part) if part.isdigit() else part
                 for part in prerelease.split('.'))
