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

"""The round of tests that every artifact type has to pass."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import json
from typing import Any
from typing import ClassVar
import unittest

import jsonschema

from glance_artifacts import exceptions
from glance_artifacts.testing import damage
from glance_artifacts.testing import harness
from glance_artifacts.types.base import ArtifactType
from glance_artifacts.types.blob import MiB
from glance_artifacts.types import hooks
from glance_artifacts.types import lint
from glance_artifacts.types import schema
from glance_artifacts.types import stored

Bytes = bytes | Callable[[], bytes]


class TypeConformance(unittest.TestCase):
    """Inherit this, name a type, and its whole life is tested.

    ``create`` and ``samples`` together have to make an artifact that can be
    activated: values for all required fields, files for all required blobs.
    """

    #: the type under test
    type_class: ClassVar[Any] = None
    #: what a client sends to create an artifact
    create: ClassVar[Mapping[str, Any]] = {'name': 'sample'}
    #: files that the type takes, by the name of the blob, or by
    #: ``folder/key``; a callable makes its file when it is needed
    samples: ClassVar[Mapping[str, Bytes]] = {}
    #: blob, or ``folder/key``, and a file that the type refuses there
    rejected: ClassVar[Sequence[tuple[str, Bytes]]] = ()
    #: type version and document (values of the type's own fields, by name)
    #: of artifacts that ``upgrade`` has to bring forward
    older: ClassVar[Sequence[tuple[str, Mapping[str, Any]]]] = ()
    #: how many bytes ``inspect`` may read of one file
    budget: ClassVar[int] = 64 * MiB

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        if cls is TypeConformance:
            raise unittest.SkipTest('to be inherited')
        if not (isinstance(cls.type_class, type)
                and issubclass(cls.type_class, ArtifactType)):
            raise AssertionError('%s: set type_class to a subclass of '
                                 'ArtifactType' % cls.__name__)

    def draft(self, body: Mapping[str, Any] | None = None,
              ) -> harness.Artifact:
        """A new artifact, without any file."""
        return harness.Artifact(
            self.type_class, dict(self.create if body is None else body),
            self.budget)

    def complete(self, without: str = '') -> harness.Artifact:
        """A draft with all that ``create`` and ``samples`` give.

        :param without: the field that is left out
        """
        body = {name: value for name, value in self.create.items()
                if name != without}
        artifact = self.draft(body)
        for place, data in self.samples.items():
            if place.partition('/')[0] != without:
                artifact.put(place, _bytes(data))
        return artifact

    def active(self) -> harness.Artifact:
        """An active artifact with all that the samples give."""
        artifact = self.complete()
        artifact.activate()
        return artifact

    def test_declaration(self) -> None:
        """No error of ``lint``; its warnings are the author's to judge."""
        errors = [finding for finding in lint.lint(self.type_class)
                  if finding.startswith(lint.ERROR)]
        self.assertEqual([], errors)

    def test_create(self) -> None:
        """Values keep their normal form, as often as they are sent."""
        artifact = self.draft()
        for name in self.create:
            artifact.patch({name: artifact.values[name]})
        self.assertEqual(self.draft().values, artifact.values)
        self.draft({'name': 'the least that clients send'})

    def test_what_clients_cannot_set(self) -> None:
        for name, field in self.type_class.fields.items():
            if field.read_only:
                with self.subTest(name), self.assertRaises(
                        exceptions.BadRequest):
                    self.draft({**self.create, name: {}})
        with self.assertRaises(exceptions.UnknownField):
            self.draft({**self.create, 'no_such_field': 1})

    def test_required(self) -> None:
        """Activation takes everything that is required, and no less."""
        self.active()
        for name, field in self.type_class.fields.items():
            if not field.required or field.default is not None:
                continue
            with self.subTest(name), self.assertRaises(
                    exceptions.Incomplete) as caught:
                self.complete(without=name).activate()
            self.assertIn(name, caught.exception.fields)

    def test_immutability(self) -> None:
        """Once active, mutable fields alone may change."""
        artifact = self.active()
        for name, field in self.type_class.fields.items():
            change = {name: artifact.values[name]}
            with self.subTest(name):
                if field.read_only:
                    continue
                if field.mutable:
                    artifact.patch(change)
                else:
                    self.assertRaises(exceptions.Immutable, artifact.patch,
                                      change)

    def test_filters(self) -> None:
        """Each filterable value finds its artifact, and no other's."""
        artifact, empty = self.active(), self.draft({'name': 'another'})
        for name, field in self.type_class.fields.items():
            if not field.filterable:
                continue
            for path, value in _filters(name, artifact.values[name]):
                with self.subTest(path):
                    self.assertTrue(artifact.matches(path, value))
                    if value not in (field.initial(), [], {}):
                        self.assertFalse(empty.matches(path, value))

    def test_sort(self) -> None:
        """Values of sortable fields can be ordered, missing ones too."""
        both = [self.active().values, self.draft({'name': 'another'}).values]
        for name, field in self.type_class.fields.items():
            if field.sortable:
                with self.subTest(name):
                    sorted((one[name] is not None, one[name])
                           for one in both)

    def test_schema(self) -> None:
        """The schema takes what clients send and what the API shows."""
        made = schema.artifact_schema(self.type_class)
        jsonschema.Draft202012Validator.check_schema(made)
        self.assertEqual(made, json.loads(json.dumps(made)))
        validator = jsonschema.Draft202012Validator(made)
        validator.validate(dict(self.create))
        for artifact in (self.draft(), self.complete(), self.active()):
            shown = artifact.show()
            validator.validate(shown)
            self.assertEqual(shown, json.loads(json.dumps(shown)))

    def test_without_plugin(self) -> None:
        """Artifacts stay readable by the stored schema of a removed type."""
        made = json.loads(json.dumps(schema.artifact_schema(
            self.type_class)))
        stand_in = stored.from_schema(made, self.type_class.type_name,
                                      self.type_class.type_version)
        self.assertEqual(made, schema.artifact_schema(stand_in))
        artifact = self.active()
        for name, field in self.type_class.fields.items():
            if not field.internal:
                self.assertEqual(field.facts(), stand_in.fields[name].facts())
        for name, field in stand_in.values().items():
            self.assertEqual(artifact.values[name],
                             field.coerce(artifact.values[name]))

    def test_rejected(self) -> None:
        """Wrong files are refused with a reason, and nothing is kept."""
        for number, (place, data) in enumerate(self.rejected):
            with self.subTest('%d: %s' % (number, place)):
                artifact = self.draft()
                before = dict(artifact.values)
                with self.assertRaises(exceptions.RejectedByType) as caught:
                    artifact.put(place, _bytes(data))
                self.assertGreater(len(caught.exception.detail), 10)
                self.assertEqual(before, artifact.values)

    def test_damaged_files(self) -> None:
        """Damaged files may be refused or taken, but no hook fails."""
        for place, data in self.samples.items():
            for what, damaged in damage.damaged(_bytes(data)):
                with self.subTest('%s, %s' % (place, what)):
                    try:
                        self.draft().put(place, damaged)
                    except exceptions.ArtifactsError as error:
                        self.assertLess(error.status, 500, error.detail)

    def test_upgrade(self) -> None:
        """Documents of older type versions get the form of this one."""
        older = list(self.older)
        if not older and not hooks.has(self.type_class, 'upgrade'):
            older = [('0.0', self.active().document())]
        self.assertNotEqual([], older, 'upgrade is there: set older')
        for from_version, document in older:
            with self.subTest(from_version):
                upgraded = hooks.upgrade(self.type_class, dict(document),
                                         from_version)
                self.assertEqual(set(self.type_class.values()),
                                 set(upgraded))


def _bytes(data: Bytes) -> bytes:
    return data() if callable(data) else data


def _filters(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield '%s.%s' % (name, key), item
    elif isinstance(value, list):
        for item in value:
            yield name, item
    else:
        yield name, value
