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

from oslotest import base

from glance_artifacts.builtin import generic
from glance_artifacts.builtin import heat_templates
from glance_artifacts.builtin import helm_charts
from glance_artifacts.builtin import ml_models
from glance_artifacts.builtin import tosca_csars
from glance_artifacts import types
from glance_artifacts.types import lint


def declare(**attributes):
    """A type that is well declared but for these attributes."""
    return type('Sample', (types.ArtifactType,), {
        '__doc__': 'A sample.', 'type_name': 'samples', **attributes})


class TestLint(base.BaseTestCase):

    def assert_finds(self, level, *texts, **attributes):
        self.assert_in_class(level, declare(**attributes), *texts)

    def assert_in_class(self, level, cls, *texts):
        finding, = lint.lint(cls)
        self.assertTrue(finding.startswith(level), finding)
        for text in texts:
            self.assertIn(text, finding)

    def test_nothing(self):
        self.assertEqual([], lint.lint(declare(
            word=types.String('A.', filterable=True, sortable=True),
            words=types.Dict('B.', filterable=True),
            data=types.Blob('C.', max_size=types.MiB),
            files=types.Folder('D.', max_size=1, max_total=2),
            seen=types.String('E.', computed=True),
            inspect=lambda self, blob: None)))

    def test_built_in_types(self):
        for cls in (helm_charts.HelmChart, heat_templates.HeatTemplate,
                    ml_models.MLModel, tosca_csars.TOSCAPackage):
            self.assertEqual([], lint.lint(cls))
        # It is there for files of any size.
        self.assert_in_class(lint.WARNING, generic.Generic, 'max_size')

    def test_names(self):
        cls = declare()
        cls.type_name = 'schemas'
        self.assert_in_class(lint.ERROR, cls, 'reserved')
        cls.type_name = None
        self.assert_in_class(lint.ERROR, cls, 'type_name')
        cls.type_name, cls.type_version = 'samples', '1'
        self.assert_in_class(lint.ERROR, cls, 'type_version')

    def test_reserved_fields(self):
        cls = declare()
        cls.fields['status'] = types.String('A.')
        self.assertIn(lint.ERROR + 'status: the name is reserved',
                      lint.lint(cls))

    def test_declarations_changed_since(self):
        cls = declare(word=types.String('A.'))
        cls.fields['word'].max_length = 0
        self.assertIn('error: word: max_length', lint.lint(cls)[0])

    def test_descriptions(self):
        self.assert_finds(lint.WARNING, 'docstring', __doc__=None)
        self.assert_finds(lint.WARNING, 'word', 'description',
                          word=types.String())

    def test_bytes_without_a_bound(self):
        self.assert_finds(lint.WARNING, 'data: has no max_size',
                          data=types.Blob('A.'))
        self.assert_finds(lint.WARNING, 'files: has no max_size',
                          files=types.Folder('A.', max_total=1))
        self.assert_finds(lint.WARNING, 'files: has no max_total; 50 bytes',
                          files=types.Folder('A.', max_size=5, max_items=10))

    def test_indexes(self):
        for field in (
                types.String('A.', sortable=True, max_length=961),
                types.List('A.', of=types.String(max_length=961),
                           filterable=True),
                types.Dict('A.', of=types.String(max_length=800),
                           filterable=True)):
            self.assert_finds(lint.WARNING, 'word', 'max_length', word=field)
        for field in (
                types.String('A.', max_length=5000),
                types.Link('A.', filterable=True),
                types.Dict('A.', of=types.String(max_length=800),
                           keys=('a',), filterable=True)):
            self.assertEqual([], lint.lint(declare(word=field)))
        self.assert_finds(lint.WARNING, 'words', 'max_items',
                          words=types.List('A.', filterable=True,
                                           max_items=5000))

    def test_kinds_without_an_index(self):
        class Colour(types.String):
            kind = 'colour'

        self.assert_finds(lint.ERROR, 'colour',
                          shade=Colour('A.', filterable=True))

    def test_slips(self):
        self.assert_finds(lint.ERROR, 'write String()', word=types.String)
        self.assert_finds(lint.ERROR, 'comma', word=(types.String('A.'),))
        self.assert_finds(lint.WARNING, 'cache', 'share', cache={})
        self.assertEqual([], lint.lint(declare(
            LIMIT=5, FORMATS=('a',), TABLE={})))

    def test_fields_that_nobody_sets(self):
        for attribute in ('computed', 'internal'):
            self.assert_finds(lint.WARNING, 'nothing sets', seen=types.String(
                'A.', **{attribute: True}))

    def test_required_with_a_default(self):
        self.assert_finds(lint.WARNING, 'never missing', word=types.String(
            'A.', required=True, default='a'))

    def test_no_instance(self):
        self.assert_finds(lint.ERROR, 'instance',
                          __init__=lambda self, argument: None)

    def test_hooks(self):
        async def inspect(self, blob):
            pass

        def generate(self, blob):
            yield

        for hook in (inspect, generate):
            self.assert_finds(lint.ERROR, 'plain method', inspect=hook)
        for hook in (lambda self: None, lambda blob: None,
                     lambda self, blob, more: None):
            self.assert_finds(lint.ERROR, 'inspect: cannot be called',
                              inspect=hook)
        for hook in (lambda self, blob, more=1: None,
                     lambda *args: None, staticmethod(lambda blob: None)):
            self.assertEqual([], lint.lint(declare(inspect=hook)))
        self.assert_finds(lint.ERROR, 'upgrade',
                          upgrade=lambda self, document: None)

    def test_schemas(self):
        class Broken(types.String):
            def value_schema(self):
                return {'type': 'strong'}

        self.assert_finds(lint.ERROR, 'schema', word=Broken('A.'))

        class Strict(types.String):
            def value_schema(self):
                return {'type': 'string', 'maxLength': 1}

        self.assert_finds(lint.ERROR, 'default of word',
                          word=Strict('A.', default='abc'))
