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

"""The kinds of field that hold several plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glance_artifacts.types.field import check_count
from glance_artifacts.types.field import check_sequence
from glance_artifacts.types.field import fail
from glance_artifacts.types.field import Field
from glance_artifacts.types.scalars import check_characters
from glance_artifacts.types.scalars import String

ELEMENT_KINDS = frozenset(
    ('string', 'text', 'integer', 'float', 'boolean', 'datetime'))
KEY_LENGTH = 255


class _Container(Field):
    """Values of one kind. Without any it is empty, never null."""

    can_sort = False
    nullable = False

    def __init__(self, description: str = '', *, of: Field | None = None,
                 max_items: int = 255, **attributes: Any) -> None:
        super().__init__(description, **attributes)
        self.of = String() if of is None else of
        self.max_items = max_items

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), 'of': self.of.facts()}

    def _absent(self, path: str) -> Any:
        return self._empty()

    def _check_attributes(self) -> None:
        super()._check_attributes()
        if (not isinstance(self.of, Field)
                or self.of.kind not in ELEMENT_KINDS):
            raise TypeError('of must be a field of a plain kind, such as '
                            'String() or Float()')
        if (self.of.required or self.of.mutable or self.of.filterable
                or self.of.sortable or self.of.read_only
                or self.of.default is not None):
            raise TypeError('of takes constraints only; the other attributes '
                            'belong to the field around it')
        if self.filterable and not self.of.can_filter:
            raise TypeError('%s of %s cannot be filterable' % (
                type(self).__name__, type(self.of).__name__))

    def _check_constraints(self) -> None:
        check_count('max_items', self.max_items, 1)
        self.of.check()

    def _element(self, value: Any, path: str) -> Any:
        if value is None:
            fail(path, 'must not be null')
        return self.of.coerce(value, path)

    def _check_size(self, size: int, path: str) -> None:
        if size > self.max_items:
            fail(path, 'must have at most %d entries (max_items)'
                 % self.max_items)


class List(_Container):
    """Values of one kind, in order.

    :param of: a field of a plain kind that every item obeys (String)
    :param min_items: the least number of items, unless the list is empty
    :param max_items: the greatest number of items
    :param unique: items that occur again are dropped
    """

    kind = 'list'

    def __init__(self, description: str = '', *, of: Field | None = None,
                 min_items: int = 0, max_items: int = 255,
                 unique: bool = False, **attributes: Any) -> None:
        super().__init__(description, of=of, max_items=max_items,
                         **attributes)
        self.min_items = min_items
        self.unique = unique

    def value_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {'type': 'array',
                                  'items': self.of.value_schema(),
                                  'maxItems': self.max_items}
        if self.unique:
            schema['uniqueItems'] = True
        if self.min_items > 1:
            schema['anyOf'] = [{'maxItems': 0}, {'minItems': self.min_items}]
        return schema

    def _check_constraints(self) -> None:
        super()._check_constraints()
        check_count('min_items', self.min_items)
        if self.min_items > self.max_items:
            raise ValueError('min_items is above max_items')

    def _empty(self) -> list:
        return []

    def _normal(self, value: Any, path: str) -> list:
        if not isinstance(value, list | tuple):
            fail(path, 'must be a list')
        if not self.unique:
            # Refuse a long list before looking at each of its items.
            self._check_size(len(value), path)
        items = [self._element(item, '%s/%d' % (path, index))
                 for index, item in enumerate(value)]
        return list(dict.fromkeys(items)) if self.unique else items

    def _constrain(self, value: list, path: str) -> None:
        self._check_size(len(value), path)
        # Empty means absent, which "required" is about.
        if value and len(value) < self.min_items:
            fail(path, 'must have at least %d items (min_items)'
                 % self.min_items)


class Dict(_Container):
    """Values of one kind by string keys of 1 to 255 characters.

    :param of: a field of a plain kind that every value obeys (String)
    :param keys: the keys that are allowed; any unless given
    :param required_keys: keys that must be there, unless the dict is empty
    :param max_items: the greatest number of entries
    """

    kind = 'dict'

    def __init__(self, description: str = '', *, of: Field | None = None,
                 keys: Sequence[str] | None = None,
                 required_keys: Sequence[str] = (), max_items: int = 255,
                 **attributes: Any) -> None:
        super().__init__(description, of=of, max_items=max_items,
                         **attributes)
        self.keys = keys
        self.required_keys = required_keys

    def value_schema(self) -> dict[str, Any]:
        names: dict[str, Any] = {'minLength': 1, 'maxLength': KEY_LENGTH}
        if self.keys is not None:
            names = {'enum': list(self.keys)}
        schema = {'type': 'object', 'propertyNames': names,
                  'additionalProperties': self.of.value_schema(),
                  'maxProperties': self.max_items}
        if self.required_keys:
            schema['anyOf'] = [{'maxProperties': 0},
                               {'required': list(self.required_keys)}]
        return schema

    def _check_constraints(self) -> None:
        super()._check_constraints()
        if self.keys is not None:
            check_sequence('keys', self.keys)
        if self.required_keys != ():
            check_sequence('required_keys', self.required_keys)
        for key in (*(self.keys or ()), *self.required_keys):
            self._check_key(key, 'keys')

    def _empty(self) -> dict:
        return {}

    def _normal(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            fail(path, 'must be an object')
        self._check_size(len(value), path)
        for key in value:
            self._check_key(key, path)
        return {key: self._element(item, '%s/%s' % (path, key))
                for key, item in value.items()}

    def _check_key(self, key: Any, path: str) -> None:
        # A bad key is not repeated in the error: it may not be printable.
        rule = 'must have keys of 1 to %d characters' % KEY_LENGTH
        if not isinstance(key, str) or not 1 <= len(key) <= KEY_LENGTH:
            fail(path, rule)
        check_characters(key, path)
        if self.keys is not None and key not in self.keys:
            fail(path, 'must have no keys but: %s (keys)'
                 % ', '.join(self.keys))

    def _constrain(self, value: dict[str, Any], path: str) -> None:
        for key in self.required_keys:
            # Empty means absent, which "required" is about.
            if value and key not in value:
                fail(path, 'must have the key %s (required_keys)' % key)
