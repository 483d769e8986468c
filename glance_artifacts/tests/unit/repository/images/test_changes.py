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


import dataclasses
import inspect
import re

from glance.api import property_protections
from glance import domain
from glance.domain import proxy
from glance import location
from glance import notifier
from glance import quota
from oslotest import base

from glance_artifacts.builtin import images
from glance_artifacts import exceptions
from glance_artifacts.repository.images import changes
from glance_artifacts.repository.images import mapping
from glance_artifacts.tests.unit.repository.images import test_mapping

#: The layers of what Glance's PATCH asks for attributes.
LAYERS = (domain.Image, proxy.Image, location.ImageProxy, notifier.ImageProxy,
          quota.ImageProxy, property_protections.ProtectedImageProxy)


def artifact(**more):
    return mapping.artifact(test_mapping.image(**more))


class TestOperations(base.BaseTestCase):

    def operations(self, old, **changed):
        return changes.operations(old, dataclasses.replace(old, **changed))

    def test_none(self):
        old = artifact(x='y', artifact_version='1', description='d')
        self.assertEqual([], changes.operations(old, old))

    def test_attributes(self):
        old = artifact()
        self.assertEqual(
            [{'op': 'replace', 'path': '/name', 'value': None},
             {'op': 'replace', 'path': '/tags', 'value': ['t']},
             {'op': 'replace', 'path': '/min_ram', 'value': 3}],
            self.operations(old, name=None, tags=['t'],
                            fields={**old.fields, 'min_ram': 3}))

    def test_properties(self):
        old = artifact(same='1', other='1', gone='1')
        self.assertEqual(
            [{'op': 'remove', 'path': '/gone'},
             {'op': 'add', 'path': '/n~0e~1w', 'value': '1'},
             {'op': 'replace', 'path': '/other', 'value': '2'}],
            self.operations(old, metadata={'same': '1', 'other': '2',
                                           'n~e/w': '1'}))

    def test_fields_that_are_properties(self):
        old = artifact(description='d', artifact_version='1')
        self.assertEqual([{'op': 'remove', 'path': '/artifact_version'},
                          {'op': 'remove', 'path': '/description'}],
                         self.operations(old, description=None,
                                         version='0.0.0'))
        self.assertEqual(
            [{'op': 'add', 'path': '/artifact_version', 'value': '1.0.0'},
             {'op': 'add', 'path': '/description', 'value': ''}],
            self.operations(artifact(), description='', version='1.0.0'))

    def test_names_that_are_taken(self):
        old = artifact()
        for name in (*changes.TAKEN, '__dict__', ' a', 'a\n'):
            error = self.assertRaises(exceptions.InvalidValue,
                                      self.operations, old,
                                      metadata={name: 'x'})
            self.assertEqual('metadata/' + name, error.field)

    def test_names_that_glance_takes_for_its_own(self):
        """Every attribute of its objects, whatever the layer."""
        names = {name for layer in LAYERS for name in (
            *dir(layer), *re.findall(r'self\.(\w+) =',
                                     inspect.getsource(layer)))}
        self.assertGreater(len(names), 60)
        private = {name for name in names if name.startswith('_')}
        self.assertEqual(set(), names - private - changes.TAKEN)


class TestBody(base.BaseTestCase):

    def body(self, **values):
        return changes.body(dataclasses.replace(
            artifact(name=None), version=values.pop('version', '0.0.0'),
            **values), images.Image, 'p')

    def test_nothing_said(self):
        self.assertEqual({}, self.body())

    def test_all(self):
        self.assertEqual(
            {'name': 'n', 'visibility': 'public', 'owner': 'q',
             'tags': ['t'], 'k': 'v', 'description': 'd',
             'artifact_version': '1.0.0'},
            self.body(name='n', visibility='public', owner='q', tags=['t'],
                      metadata={'k': 'v'}, description='d', version='1.0.0'))

    def test_names_that_are_taken(self):
        for name in changes.TAKEN:
            self.assertRaises(exceptions.InvalidValue, self.body,
                              metadata={name: 'x'})
