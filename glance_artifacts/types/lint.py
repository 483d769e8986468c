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

"""What an author should know of a type before anyone else does.

Findings begin with ``error:`` for what will not work, or ``warning:`` for
what works though probably not as it is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
import inspect
from typing import Any

import jsonschema

from glance_artifacts.types.base import ArtifactType
from glance_artifacts.types.blob import BytesField
from glance_artifacts.types.containers import KEY_LENGTH
from glance_artifacts.types.field import Field
from glance_artifacts.types.folder import Folder
from glance_artifacts.types import hooks
from glance_artifacts.types import names
from glance_artifacts.types import schema

ERROR = 'error: '
WARNING = 'warning: '
HOOKS = ('validate', 'inspect', 'on_activate', 'upgrade')
#: what lists are sorted and filtered by
INDEXED = frozenset(('string', 'integer', 'float', 'boolean', 'datetime',
                     'semver', 'link', 'list', 'dict'))
#: in bytes: beyond it the index keeps a digest instead of the value
INDEX_LENGTH = 960
#: each entry is a row of the index, for each audience
INDEX_ITEMS = 1000


def lint(cls: type[ArtifactType]) -> list[str]:
    """What is wrong with a type; nothing, if it is well declared.

    Most errors already stop the class from being made; they are here for
    classes that were changed since.
    """
    findings = [*_names(cls), *_class(cls), *_hooks(cls)]
    for name, field in cls.fields.items():
        findings += _field(name, field)
    return [*findings, *_schema(cls)]


def _names(cls: type[ArtifactType]) -> Iterator[str]:
    try:
        names.check_type(cls.type_name, cls.type_version)
    except (TypeError, ValueError) as error:
        yield '%s%s' % (ERROR, error)
    if not cls.title:
        yield WARNING + 'the class has no docstring to describe it'


def _class(cls: type[ArtifactType]) -> Iterator[str]:
    """Slips in the class body that Python takes."""
    for name, value in vars(cls).items():
        if name.startswith('_') or name in vars(ArtifactType):
            continue
        if isinstance(value, type) and issubclass(value, Field):
            yield '%s%s: %s is a class; write %s()' % (
                ERROR, name, value.__name__, value.__name__)
        elif isinstance(value, tuple) and any(
                isinstance(item, Field) for item in value):
            yield '%s%s: a comma too many makes the field a tuple' % (
                ERROR, name)
        elif isinstance(value, list | dict | set) and not name.isupper():
            yield ('%s%s: all requests share this object; a type keeps no '
                   'state' % (WARNING, name))


def _hooks(cls: type[ArtifactType]) -> Iterator[str]:
    try:
        instance = cls()
    except Exception as error:
        yield '%sno instance can be made: %s' % (ERROR, error)
        return
    for name in HOOKS:
        yield from _hook(name, getattr(instance, name))
    if any(field.read_only for field in cls.values().values()) and not any(
            hooks.has(cls, name) for name in ('inspect', 'on_activate')):
        yield (WARNING + 'nothing sets the computed and internal fields: '
               'neither inspect nor on_activate is there')


def _hook(name: str, hook: Any) -> Iterator[str]:
    if (inspect.iscoroutinefunction(hook) or inspect.isgeneratorfunction(hook)
            or inspect.isasyncgenfunction(hook)):
        yield '%s%s: must be a plain method' % (ERROR, name)
        return
    arguments = inspect.signature(getattr(ArtifactType(), name)).parameters
    try:
        inspect.signature(hook).bind(*arguments)
    except (TypeError, ValueError) as error:
        yield '%s%s: cannot be called as documented: %s' % (
            ERROR, name, error)


def _field(name: str, field: Field) -> Iterator[str]:
    try:
        names.check_field(name)
        field.check()
    except (TypeError, ValueError) as error:
        yield '%s%s: %s' % (ERROR, name, error)
        return
    if not field.description:
        yield '%s%s: has no description' % (WARNING, name)
    if field.required and field.default is not None:
        yield '%s%s: is never missing: it has a default' % (WARNING, name)
    if isinstance(field, BytesField):
        yield from _bytes(name, field)
    if field.filterable or field.sortable:
        yield from _index(name, field)


def _bytes(name: str, field: BytesField) -> Iterator[str]:
    if not field.bounded:
        yield ('%s%s: has no max_size; %d bytes are allowed'
               % (WARNING, name, field.max_size))
    if isinstance(field, Folder) and field.max_total is None:
        yield ('%s%s: has no max_total; %d bytes are allowed'
               % (WARNING, name, field.max_size * field.max_items))


def _index(name: str, field: Any) -> Iterator[str]:
    kind = field.of.kind if field.kind in ('list', 'dict') else field.kind
    if field.kind not in INDEXED or kind not in INDEXED:
        yield ('%s%s: values of kind %s cannot be filtered or sorted'
               % (ERROR, name, kind))
    elif kind == 'string' and _longest(field) > INDEX_LENGTH:
        yield ('%s%s: only the first %d bytes count when lists are sorted or '
               'compared: lower max_length' % (WARNING, name, INDEX_LENGTH))
    if getattr(field, 'max_items', 0) > INDEX_ITEMS:
        yield ('%s%s: each item is indexed: lower max_items to %d or do '
               'not filter by it' % (WARNING, name, INDEX_ITEMS))


def _longest(field: Any) -> int:
    """The length of an entry of the index, at one byte a character."""
    if field.kind == 'string':
        return field.max_length
    keys = [KEY_LENGTH] if field.kind == 'dict' else [0]
    if field.kind == 'dict' and field.keys:
        keys = [len(key) for key in field.keys]
    return max(keys) + field.of.max_length


def _schema(cls: type[ArtifactType]) -> Iterator[str]:
    try:
        made = schema.artifact_schema(cls)
        jsonschema.Draft202012Validator.check_schema(made)
        example = {name: field.initial()
                   for name, field in cls.values().items()
                   if not field.internal}
    except Exception as error:
        yield '%sno valid JSON schema can be made: %s' % (
            ERROR, str(error).partition('\n')[0])
        return
    validator = jsonschema.Draft202012Validator(made)
    for found in validator.iter_errors({'name': 'a', **example}):
        yield ('%sthe schema refuses the default of %s: %s' % (
            ERROR, '/'.join(map(str, found.path)), found.message))
