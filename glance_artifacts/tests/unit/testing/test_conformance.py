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

import io
import unittest

import fixtures
from oslotest import base

from glance_artifacts import testing
from glance_artifacts.testing import damage
from glance_artifacts.tests.unit.types import test_schema
from glance_artifacts import types
from glance_artifacts.types import lint


class Collection(types.ArtifactType):
    """An Ansible collection."""

    type_name, type_version = 'ansible_collections', '1.1'

    namespace = types.String('Namespace.', computed=True, filterable=True)
    licence = types.String('SPDX id.', required=True, filterable=True,
                           sortable=True)
    ranks = types.Dict('Ranks.', of=types.Integer(), mutable=True,
                       filterable=True)
    archive = types.Blob('The .tar.gz.', required=True,
                         max_size=types.MiB)
    extras = types.Folder('More.', max_size=types.KiB, max_total=types.MiB)

    def validate(self, artifact):
        if artifact['licence'] == 'none':
            raise types.Rejected('A licence is wanted.')

    def inspect(self, blob):
        if blob.field == 'extras':
            return None
        with blob.open() as file, types.Archive.open(file) as archive:
            archive.read('MANIFEST.json')
        return {'namespace': 'ns'}

    def upgrade(self, document, from_version):
        document['licence'] = document.pop('license', None)
        return document


class TestCollection(testing.TypeConformance):
    type_class = Collection
    create = {'name': 'ns.coll', 'licence': 'GPL', 'ranks': {'a': 1}}
    samples = {'archive': lambda: testing.make_tar({'MANIFEST.json': b'{}'}),
               'extras/readme.md': b'# Read me'}
    rejected = [('archive', b'no archive'),
                ('archive', lambda: testing.make_zip({'a': b''}))]
    older = [('1.0', {'license': 'MIT', 'namespace': 'ns'})]


class TestEverything(testing.TypeConformance):
    """Each kind of field goes round."""

    type_class = test_schema.Everything
    create = {'name': 'a', 'word': 'a', 'number': 2, 'score': 0.5,
              'sure': True, 'words': ['a', 'b'], 'scores': {'x': 1},
              'release': '1', 'base': 'https://example.com', 'prose': 'P'}
    samples = {'data': b'x', 'files/a/b': b'y'}


def run(cls):
    """Run a test case; the tests that failed, by name."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(cls).run(result)
    failed = result.failures + result.errors
    return {getattr(test, 'test_case', test).id().rpartition('.')[2]
            for test, _ in failed}, result


class TestFindings(base.BaseTestCase):
    """The tests find what they are made for."""

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger())

    def failing(self, hooks=None, /, **changes):
        cls = type('Changed', (Collection,), {
            '__doc__': 'Changed.', **(hooks or {})})
        case = type('Case', (TestCollection,), {'type_class': cls, **changes})
        return run(case)[0]

    def test_all_is_well(self):
        self.assertEqual(set(), self.failing())

    def test_the_base_is_skipped(self):
        failed, result = run(testing.TypeConformance)
        self.assertEqual((set(), 1), (failed, len(result.skipped)))

    def test_without_a_type(self):
        for cls in (None, str, 'x'):
            case = type('Case', (testing.TypeConformance,),
                        {'type_class': cls})
            _, result = run(case)
            self.assertIn('set type_class', result.errors[0][1])

    def test_declaration(self):
        self.assertEqual({'test_declaration'}, self.failing(
            {'slip': types.String}))

    def test_incomplete_samples(self):
        self.assertIn('test_required', self.failing(samples={}))
        self.assertIn('test_required', self.failing(create={'name': 'a'}))

    def test_a_body_that_is_refused(self):
        for create in ({}, {'name': 'a', 'unknown': 1},
                       {'name': 'a', 'licence': 'none'},
                       {'name': 'a', 'namespace': 'x'}):
            self.assertIn('test_create', self.failing(create=create))

    def test_samples_that_are_refused(self):
        self.assertIn('test_required', self.failing(
            samples={'archive': b'x'}))
        self.assertIn('test_required', self.failing(
            samples={**TestCollection.samples, 'extras/a': bytes(1025)}))
        for place in ('unknown', 'archive/key', 'extras', 'extras/../a',
                      'licence'):
            self.assertIn('test_required', self.failing(
                samples={**TestCollection.samples, place: b''}))

    def test_rejected_files_that_are_taken(self):
        self.assertEqual({'test_rejected'}, self.failing(
            rejected=[('extras/a', b'')]))

    def test_hooks_that_fail_on_rejected_files(self):
        def inspect(self, blob):
            raise ValueError()

        self.assertIn('test_rejected', self.failing({'inspect': inspect}))

    def test_hooks_that_fail_on_damaged_files(self):
        def inspect(self, blob):
            with blob.open() as file:
                if blob.field == 'archive' and file.read(2)[0] != 0x1f:
                    raise types.Rejected('This is no gzip file.')
            return {'namespace': 'ns'}

        self.assertEqual({'test_damaged_files'},
                         self.failing({'inspect': inspect}))

    def test_hooks_that_want_what_drafts_lack(self):
        def validate(self, artifact):
            artifact['licence'].lower()

        self.assertIn('test_create', self.failing({'validate': validate}))

    def test_hooks_that_return_too_much(self):
        def on_activate(self, artifact):
            return {'licence': 'MIT'}

        self.assertIn('test_required', self.failing(
            {'on_activate': on_activate}))

    def test_upgrade(self):
        self.assertEqual({'test_upgrade'}, self.failing(older=[]))
        self.assertEqual({'test_upgrade'}, self.failing(
            older=[('1.0', {'unknown': 1})]))

    def test_budget(self):
        self.assertIn('test_required', self.failing(budget=10))

    def test_schema(self):
        class Odd(types.String):
            def value_schema(self):
                return {'type': 'integer'}

        self.assertEqual({'test_schema'}, self.failing(
            {'odd': Odd('A.')}, create={**TestCollection.create,
                                        'odd': 'x'}))

    def test_it_runs_under_unittest(self):
        runner = unittest.TextTestRunner(stream=io.StringIO())
        result = runner.run(
            unittest.defaultTestLoader.loadTestsFromTestCase(TestCollection))
        self.assertTrue(result.wasSuccessful())
        self.assertGreater(result.testsRun, 10)

    def test_lint_of_the_example(self):
        self.assertEqual([], lint.lint(Collection))


class TestDamage(base.BaseTestCase):

    def test_is_the_same_each_time(self):
        for data in (b'', b'a', bytes(1000)):
            made = list(damage.damaged(data))
            self.assertEqual(made, list(damage.damaged(data)))
            self.assertTrue(all(damaged != data for what, damaged in made
                                if what != 'empty'))
