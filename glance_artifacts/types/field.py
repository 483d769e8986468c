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

"""What every field of an artifact type has, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from typing import ClassVar
from typing import NoReturn

from glance_artifacts import exceptions
from glance_artifacts.types.rejected import Rejected

#: What a schema holds under this key is ours to read: ``Field.facts``.
ANNOTATION = 'x-glance-artifacts'
_FLAGS = ('required', 'mutable', 'filterable', 'sortable', 'computed')


def fail(path: str, rule: str) -> NoReturn:
    """Refuse a value: ``rule`` ends the sentence that begins with its path."""
    raise exceptions.InvalidValue('"%s" %s.' % (path, rule), field=path)


class Field:
    """One field of an artifact type: its declaration and its rules.

    :param description: what the field holds, for schema and docs
    :param required: must have a value before the artifact is activated
    :param mutable: may change once the artifact is active
    :param filterable: lists can be filtered by it
    :param sortable: lists can be sorted by it
    :param default: the JSON value of a new artifact (none: null, or empty)
    :param internal: kept for the type's hooks, never shown
    :param computed: shown, but set by the type's hooks alone
    :param validators: callables that take the value in its normal form and
        raise ValueError (or Rejected), whose text ends a sentence begun by
        the field's name

    ``name`` is the attribute name that the type's class gives it.
    """

    kind: ClassVar[str] = ''
    can_filter: ClassVar[bool] = True
    can_sort: ClassVar[bool] = True
    #: null may stand for "no value", in requests and in answers
    nullable: bool = True

    def __init__(self, description: str = '', *, required: bool = False,
                 mutable: bool = False, filterable: bool = False,
                 sortable: bool = False, default: Any = None,
                 internal: bool = False, computed: bool = False,
                 validators: Sequence[Callable[[Any], None]] = ()) -> None:
        self.name = ''
        self.description = description
        self.required = required
        self.mutable = mutable
        self.filterable = filterable
        self.sortable = sortable
        self.default = default
        self.internal = internal
        self.computed = computed
        self.validators = validators

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def read_only(self) -> bool:
        """Clients may not set it."""
        return self.computed or self.internal

    def coerce(self, value: Any, path: str | None = None) -> Any:
        """Check a JSON value against the declaration.

        :param value: what a JSON parser gave; None means absent and passes
            (whether a value is required is asked at activation)
        :param path: how errors name the value, if not by the field's name
        :returns: a new value in the normal form that is stored
        :raises InvalidValue: naming the path and the rule that it breaks
        """
        path = path or self.name
        if value is None:
            return self._absent(path)
        value = self._normal(value, path)
        self._constrain(value, path)
        for validator in self.validators:
            try:
                validator(value)
            except (ValueError, Rejected) as error:
                fail(path, str(error).rstrip('.') or 'is not valid')
        return value

    def initial(self) -> Any:
        """A fresh copy of the default in its normal form."""
        if self.default is None:
            return self._empty()
        return self.coerce(self.default)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the field's value as the API shows it."""
        schema = self.value_schema()
        if self.nullable:
            schema = self._or_null(schema)
        if self.description:
            schema['description'] = self.description
        if self.default is not None:
            schema['default'] = self.initial()
        if self.read_only:
            schema['readOnly'] = True
        return schema

    def facts(self) -> dict[str, Any]:
        """The declaration, as far as JSON Schema has no words for it.

        What is off is left out.
        """
        return {'kind': self.kind,
                **{flag: True for flag in _FLAGS if getattr(self, flag)}}

    def check(self) -> None:
        """Refuse a declaration that contradicts itself.

        :raises TypeError: for an attribute that this field cannot have
        :raises ValueError: for attribute values that make no sense
        """
        self._check_attributes()
        try:
            self._check_constraints()
            if self.default is not None:
                self.coerce(self.default, 'default')
        except exceptions.InvalidValue as error:
            raise ValueError(error.detail) from error

    def value_schema(self) -> dict[str, Any]:
        """JSON Schema of a value that is there; each kind gives its own."""
        raise NotImplementedError()

    def _check_attributes(self) -> None:
        if self.computed and (self.required or self.mutable):
            raise TypeError('a computed field is set by hooks alone, it '
                            'cannot be required or mutable')
        if self.internal and (self.required or self.mutable
                              or self.filterable or self.sortable):
            raise TypeError('an internal field is hidden from clients, it '
                            'cannot be required, mutable, filterable or '
                            'sortable')
        if self.filterable and not self.can_filter:
            raise TypeError('%s cannot be filterable' % type(self).__name__)
        if self.sortable and not self.can_sort:
            raise TypeError('%s cannot be sortable' % type(self).__name__)
        if (not isinstance(self.validators, list | tuple)
                or not all(map(callable, self.validators))):
            raise TypeError('validators must be a tuple of callables')

    def _check_constraints(self) -> None:
        """Each kind checks the constraints that it adds."""

    def _absent(self, path: str) -> Any:
        if self.nullable:
            return None
        if self.default is None:
            fail(path, 'must not be null')
        return self.initial()

    def _empty(self) -> Any:
        return None

    def _normal(self, value: Any, path: str) -> Any:
        """The normal form of a value of the right JSON type, or fail."""
        raise NotImplementedError()

    def _constrain(self, value: Any, path: str) -> None:
        """Fail for a value in normal form that breaks a constraint."""

    @staticmethod
    def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
        schema['type'] = [schema['type'], 'null']
        if 'enum' in schema:
            schema['enum'] = [*schema['enum'], None]
        return schema


def check_sequence(label: str, values: Any) -> None:
    """Refuse a constraint that should be a list or tuple with something in.

    A lone string is the usual slip: its characters would become the values.
    """
    if not isinstance(values, list | tuple):
        raise TypeError('%s must be a tuple or a list' % label)
    if not values:
        raise ValueError('%s must not be empty' % label)


def check_count(label: str, value: Any, minimum: int = 0) -> None:
    """Refuse a constraint that should be a whole number from minimum on."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError('%s must be an integer' % label)
    if value < minimum:
        raise ValueError('%s must be at least %d' % (label, minimum))
