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

"""The kinds of field that hold text, a number, or true or false."""

from __future__ import annotations

from collections.abc import Sequence
import math
import re
from typing import Any

from glance_artifacts.types.field import check_count
from glance_artifacts.types.field import check_sequence
from glance_artifacts.types.field import fail
from glance_artifacts.types.field import Field

INTEGER_MIN = -2 ** 63
INTEGER_MAX = 2 ** 63 - 1
#: Control characters and lone surrogates: in no name of a file.
UNPRINTABLE = re.compile('[\x00-\x1f\x7f-\x9f\ud800-\udfff]')


def check_characters(value: Any, path: str) -> str:
    """A string that every database and every UTF-8 encoder can hold."""
    if not isinstance(value, str):
        fail(path, 'must be a string')
    if '\0' in value:
        fail(path, 'must not contain the character U+0000')
    try:
        value.encode('utf-8')
    except UnicodeEncodeError:
        fail(path, 'must not contain lone surrogates')
    return value


class _Choice(Field):
    """A field whose values may be limited to a few."""

    def __init__(self, description: str = '', *,
                 enum: Sequence[Any] | None = None,
                 **attributes: Any) -> None:
        super().__init__(description, **attributes)
        self.enum = enum

    def _check_constraints(self) -> None:
        if self.enum is None:
            return
        check_sequence('enum', self.enum)
        for value in self.enum:
            # Without this, enum=(1, 2) on a String would refuse everything.
            self._constrain(self._normal(value, 'enum'), 'enum')

    def _constrain(self, value: Any, path: str) -> None:
        if self.enum is not None and value not in self.enum:
            fail(path, 'must be one of: %s (enum)'
                 % ', '.join(str(choice) for choice in self.enum))


class String(_Choice):
    """A line of text: names, words, identifiers.

    :param max_length: in characters, 255 unless given
    :param min_length: in characters
    :param pattern: a regular expression that the whole value has to match
    :param enum: the values that are allowed
    """

    kind = 'string'
    LENGTH = 255

    def __init__(self, description: str = '', *,
                 max_length: int | None = None, min_length: int = 0,
                 pattern: str | None = None, **attributes: Any) -> None:
        super().__init__(description, **attributes)
        self.max_length = self.LENGTH if max_length is None else max_length
        self.min_length = min_length
        self.pattern = pattern

    def value_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {'type': 'string',
                                  'maxLength': self.max_length}
        if self.min_length:
            schema['minLength'] = self.min_length
        if self.pattern is not None:
            # JSON Schema searches; ours has to match from end to end.
            schema['pattern'] = '^(?:%s)$' % self.pattern
        if self.enum is not None:
            schema['enum'] = list(self.enum)
        return schema

    def _check_constraints(self) -> None:
        check_count('min_length', self.min_length)
        check_count('max_length', self.max_length, max(1, self.min_length))
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError('pattern: %s' % error) from error
        super()._check_constraints()

    def _normal(self, value: Any, path: str) -> str:
        return check_characters(value, path)

    def _constrain(self, value: str, path: str) -> None:
        if len(value) > self.max_length:
            fail(path, 'must have at most %d characters (max_length)'
                 % self.max_length)
        if len(value) < self.min_length:
            fail(path, 'must have at least %d characters (min_length)'
                 % self.min_length)
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            fail(path, 'must match %s (pattern)' % self.pattern)
        super()._constrain(value, path)


class Text(String):
    """Prose of any length: shown with the artifact, left out of lists.

    The constraints of String; max_length is 65,536 unless given.
    """

    kind = 'text'
    can_filter = False
    can_sort = False
    LENGTH = 65536


class _Number(_Choice):
    def __init__(self, description: str = '', *,
                 minimum: float | None = None, maximum: float | None = None,
                 **attributes: Any) -> None:
        super().__init__(description, **attributes)
        self.minimum = minimum
        self.maximum = maximum

    def _check_constraints(self) -> None:
        for label in ('minimum', 'maximum'):
            limit = getattr(self, label)
            if limit is not None:
                self._normal(limit, label)
        if (self.minimum is not None and self.maximum is not None
                and self.minimum > self.maximum):
            raise ValueError('minimum is above maximum')
        super()._check_constraints()

    def _constrain(self, value: float, path: str) -> None:
        if self.minimum is not None and value < self.minimum:
            fail(path, 'must be at least %s (minimum)' % self.minimum)
        if self.maximum is not None and value > self.maximum:
            fail(path, 'must be at most %s (maximum)' % self.maximum)
        super()._constrain(value, path)

    def value_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {'type': 'number'}
        if self.minimum is not None:
            schema['minimum'] = self.minimum
        if self.maximum is not None:
            schema['maximum'] = self.maximum
        if self.enum is not None:
            schema['enum'] = list(self.enum)
        return schema


class Integer(_Number):
    """A whole number of 64 bits with sign.

    :param minimum: the lowest value allowed
    :param maximum: the highest value allowed
    :param enum: the values that are allowed
    """

    kind = 'integer'

    def value_schema(self) -> dict[str, Any]:
        return {'minimum': INTEGER_MIN, 'maximum': INTEGER_MAX,
                **super().value_schema(), 'type': 'integer'}

    def _normal(self, value: Any, path: str) -> int:
        # To Python, though not to JSON, true and false are integers.
        if isinstance(value, bool) or not isinstance(value, int):
            fail(path, 'must be an integer')
        if not INTEGER_MIN <= value <= INTEGER_MAX:
            fail(path, 'must be an integer between -2^63 and 2^63-1')
        return value


class Float(_Number):
    """A finite number of double precision; whole numbers are accepted.

    :param minimum: the lowest value allowed
    :param maximum: the highest value allowed
    :param enum: the values that are allowed
    """

    kind = 'float'

    def _normal(self, value: Any, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            fail(path, 'must be a number')
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            fail(path, 'must be a finite number of double precision')
        # -0.0 equals 0.0 but is another value to an index: keep one of them.
        return number + 0.0


class Boolean(Field):
    """True or false."""

    kind = 'boolean'

    def value_schema(self) -> dict[str, Any]:
        return {'type': 'boolean'}

    def _normal(self, value: Any, path: str) -> bool:
        if not isinstance(value, bool):
            fail(path, 'must be true or false')
        return value
