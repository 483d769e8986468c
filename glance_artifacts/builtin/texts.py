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

"""What the built-in types read as text from files that strangers made."""

from __future__ import annotations

from typing import Any
import unicodedata

from glance_artifacts import types


def short(value: Any, what: str, length: int = 255) -> str:
    """A text that a String can hold, whatever the file holds.

    :param what: how a refusal names it
    :param length: how many characters it may have
    :raises Rejected: if it is something else
    """
    if not isinstance(value, str):
        raise types.Rejected('%s must be text.' % what)
    if len(value) > length:
        raise types.Rejected('%s has more than %d characters.'
                             % (what, length))
    if any(unicodedata.category(character) in ('Cc', 'Cs')
           for character in value):
        raise types.Rejected('%s holds control characters.' % what)
    return value


def shorts(values: Any, what: str, count: int = 255) -> list[str]:
    """Texts that a List of String can hold; nothing is an empty list.

    :param count: how many there may be
    :raises Rejected: if they are something else
    """
    if values is None:
        return []
    if not isinstance(values, list):
        raise types.Rejected('%s must be a list.' % what)
    if len(values) > count:
        raise types.Rejected('%s has more than %d items.' % (what, count))
    return [short(value, 'An item of ' + what) for value in values]


def decode(data: bytes, what: str) -> str:
    """Text from UTF-8, with or without a byte order mark.

    :raises Rejected: if it is not UTF-8
    """
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise types.Rejected('%s is not UTF-8.' % what) from error
