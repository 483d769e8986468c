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

"""The kind of field that points to another artifact or to the web."""

from __future__ import annotations

from collections.abc import Sequence
import re
from typing import Any
import urllib.parse

from glance_artifacts.types.field import check_sequence
from glance_artifacts.types.field import fail
from glance_artifacts.types.field import Field
from glance_artifacts.types import names

MAX_LENGTH = 2048
_ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
_INTERNAL = re.compile('/artifacts/(%s)/(%s)' % (names.NAME.pattern, _ID))
#: What a URI may consist of (RFC 3986, appendix A), less "@" before the path:
#: nobody should hand their password to all readers.
_REST = r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*"
_EXTERNAL = r"https?://[A-Za-z0-9._~:\[\]!$&'()*+,;=%-]+" \
    r'(?:[/?#]' + _REST + ')?'


class Link(Field):
    """Another artifact, as ``/artifacts/{type}/{id}``, or an http(s) URL.

    An artifact has to exist, visible to the caller, when the link is set; a
    URL is checked for its form and never fetched.

    :param to: the types whose artifacts may be linked; any unless given
    :param external: whether http(s) URLs may be linked, too
    """

    kind = 'link'
    can_sort = False

    def __init__(self, description: str = '', *,
                 to: Sequence[str] | None = None, external: bool = True,
                 **attributes: Any) -> None:
        super().__init__(description, **attributes)
        self.to = to
        self.external = external

    def internal_target(self, value: str | None) -> tuple[str, str] | None:
        """Type name and id of the artifact that a value links, if any."""
        match = _INTERNAL.fullmatch(value or '')
        return (match[1], match[2]) if match else None

    def value_schema(self) -> dict[str, Any]:
        forms = ['/artifacts/(?:%s)/%s' % (
            '|'.join(self.to or [names.NAME.pattern]), _ID)]
        if self.external:
            forms.append(_EXTERNAL)
        return {'type': 'string', 'maxLength': MAX_LENGTH,
                'pattern': '^(?:%s)$' % '|'.join(forms)}

    def facts(self) -> dict[str, Any]:
        facts = {**super().facts(), 'external': self.external}
        if self.to is not None:
            facts['to'] = list(self.to)
        return facts

    def _check_constraints(self) -> None:
        if self.to is None:
            return
        check_sequence('to', self.to)
        for type_name in self.to:
            if (not isinstance(type_name, str)
                    or not names.NAME.fullmatch(type_name)):
                raise ValueError('to: %r is not the name of a type'
                                 % (type_name,))

    def _normal(self, value: Any, path: str) -> str:
        if not isinstance(value, str):
            fail(path, 'must be a string')
        if len(value) > MAX_LENGTH:
            fail(path, 'must have at most %d characters' % MAX_LENGTH)
        if not self.internal_target(value) and not _is_url(value):
            fail(path, 'must be /artifacts/{type}/{id} with the id in lower '
                 'case, or an http:// or https:// URL with a host and '
                 'without credentials, spaces or characters that have to be '
                 'percent-encoded')
        return value

    def _constrain(self, value: str, path: str) -> None:
        target = self.internal_target(value)
        if target is None and not self.external:
            fail(path, 'must link an artifact, not a URL (external)')
        if target and self.to is not None and target[0] not in self.to:
            fail(path, 'must link an artifact of type %s (to)'
                 % ' or '.join(self.to))


def _is_url(value: str) -> bool:
    if not re.fullmatch(_EXTERNAL, value):
        return False
    try:
        parts = urllib.parse.urlsplit(value)
        # Looking at the port checks it.
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
