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

import logging

import fixtures
from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts import types
from glance_artifacts.types import blob_view
from glance_artifacts.types import hooks


class Quiet(types.ArtifactType):
    """Without hooks."""

    type_name = 'quiet'

    word = types.String('A.')
    seen = types.String('B.', computed=True)
    data = types.Blob('C.')


class HooksTestCase(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger(level=logging.ERROR))

    def type(self, **attributes):
        """A type with a field of every attribute, and these hooks."""
        return type('Loud', (types.ArtifactType,), {
            'type_name': 'loud', 'word': types.String('A.', max_length=5),
            'seen': types.Integer('B.', computed=True),
            'secret': types.List('C.', internal=True, of=types.Float()),
            'data': types.Blob('D.'), 'files': types.Folder('E.'),
            **attributes})

    def view(self, data=b'data', budget=100):
        return blob_view.BlobView(
            'data', '', len(data), {'name': 'n'},
            lambda offset, length: data[offset:offset + length], budget)

    def assert_failed(self, hook, function, *args):
        error = self.assertRaises(exceptions.ArtifactsError, function, *args)
        self.assertEqual((500, 'type.failed'), (error.status, error.code))
        self.assertIn('loud', error.detail)
        for text in ('test_hooks:Loud', 'failed in ' + hook):
            self.assertIn(text, self.logs.output)


class TestDefaults(HooksTestCase):

    def test_they_do_nothing(self):
        hooks.validate(Quiet, {'word': 'a'})
        self.assertEqual({}, hooks.inspect(Quiet, self.view()))
        self.assertEqual({}, hooks.on_activate(Quiet, {}))
        self.assertEqual({'word': 'a', 'seen': None},
                         hooks.upgrade(Quiet, {'word': 'a'}, '0.9'))

    def test_has(self):
        cls = self.type(inspect=lambda self, blob: None)
        self.assertTrue(hooks.has(cls, 'inspect'))
        self.assertFalse(hooks.has(cls, 'validate'))
        self.assertTrue(hooks.has(type('Child', (cls,), {}), 'inspect'))


class TestRaising(HooksTestCase):
    """What a hook raises, whichever it is."""

    def _each(self, error):
        def hook(self, *args):
            raise error

        cls = self.type(validate=hook, inspect=hook, on_activate=hook,
                        upgrade=hook)
        yield 'validate', hooks.validate, cls, {}
        yield 'inspect', hooks.inspect, cls, self.view()
        yield 'on_activate', hooks.on_activate, cls, {}
        yield 'upgrade', hooks.upgrade, cls, {}, '0.9'

    def test_rejected(self):
        for _, function, *args in self._each(types.Rejected('Not good.')):
            error = self.assertRaises(exceptions.RejectedByType, function,
                                      *args)
            self.assertEqual((400, 'artifact.rejected', 'Not good.'),
                             (error.status, error.code, error.detail))
        self.assertEqual('', self.logs.output)

    def test_anything_else(self):
        for error in (ValueError('a'), SystemExit(1), MemoryError(),
                      RecursionError(), GeneratorExit(), OSError('b'),
                      exceptions.NotFound('c'),
                      UnicodeDecodeError('utf-8', b'', 0, 1, 'e')):
            for hook, function, *args in self._each(error):
                self.assert_failed(hook, function, *args)
                self.assertIn(type(error).__name__, self.logs.output)

    def test_a_value_that_a_field_refuses(self):
        for _, function, *args in self._each(exceptions.InvalidValue('why')):
            error = self.assertRaises(exceptions.RejectedByType, function,
                                      *args)
            self.assertEqual('why', error.detail)

    def test_an_operator_may_still_interrupt(self):
        for _, function, *args in self._each(KeyboardInterrupt()):
            self.assertRaises(KeyboardInterrupt, function, *args)

    def test_a_real_recursion(self):
        def hook(self, artifact):
            self.validate(artifact)

        self.assert_failed('validate', hooks.validate,
                           self.type(validate=hook), {})

    def test_no_instance(self):
        def make(self, argument):
            pass

        cls = self.type(__init__=make, validate=lambda self, artifact: None)
        self.assert_failed('validate', hooks.validate, cls, {})

    def test_texts(self):
        for text, shown in (('', 'The type loud refuses it.'),
                            ('a' * 5000, 'a' * 1000), ('\ud800', '?'),
                            ('\xe9', '\xe9')):
            for _, function, *args in self._each(types.Rejected(text)):
                error = self.assertRaises(exceptions.RejectedByType,
                                          function, *args)
                self.assertEqual(shown, error.detail)


class TestReturning(HooksTestCase):

    def _each(self, returned):
        cls = self.type(inspect=lambda self, blob: returned,
                        on_activate=lambda self, artifact: returned)
        yield 'inspect', hooks.inspect, cls, self.view()
        yield 'on_activate', hooks.on_activate, cls, {}

    def test_values_get_their_normal_form(self):
        for returned, expected in (
                (None, {}), ({}, {}), ({'seen': 3}, {'seen': 3}),
                ({'seen': None, 'secret': None},
                 {'seen': None, 'secret': []}),
                ({'secret': (1, 2)}, {'secret': [1.0, 2.0]})):
            for _, function, *args in self._each(returned):
                self.assertEqual(expected, function(*args))

    def test_what_may_not_be_returned(self):
        for returned in (
                {'word': 'a'}, {'data': None}, {'files': {}},
                {'unknown': 1}, {'name': 'a'}, {'status': 'active'},
                {1: 2}, {'seen': '3'}, {'secret': [float('nan')]},
                {'seen': 2 ** 63}, [], 'seen', 0, True):
            for hook, function, *args in self._each(returned):
                self.assert_failed(hook, function, *args)

    def test_arguments_are_copies(self):
        def hook(self, artifact):
            artifact['tags'].append('x')
            artifact['name'] = 'x'

        cls = self.type(validate=hook, on_activate=hook)
        artifact = {'name': 'a', 'tags': []}
        hooks.validate(cls, artifact)
        hooks.on_activate(cls, artifact)
        self.assertEqual({'name': 'a', 'tags': []}, artifact)

    def test_instances_are_fresh(self):
        def hook(self, artifact):
            self.count = getattr(self, 'count', 0) + 1
            return {'seen': self.count}

        cls = self.type(on_activate=hook)
        for _ in range(2):
            self.assertEqual({'seen': 1}, hooks.on_activate(cls, {}))


class TestInspect(HooksTestCase):

    def test_sees_the_bytes(self):
        def hook(self, blob):
            with blob.open() as file:
                return {'seen': len(file.read())}

        self.assertEqual({'seen': 4}, hooks.inspect(
            self.type(inspect=hook), self.view()))

    def test_over_the_budget(self):
        def read(self, blob):
            blob.open().read()

        def swallow(self, blob):
            try:
                read(self, blob)
            except Exception:
                return {'seen': 1}

        def disguise(self, blob):
            try:
                read(self, blob)
            except Exception:
                raise ValueError()

        def leave(self, blob):
            try:
                read(self, blob)
            except Exception:
                raise SystemExit()

        for hook in (read, swallow, disguise, leave):
            error = self.assertRaises(
                exceptions.RejectedByType, hooks.inspect,
                self.type(inspect=hook), self.view(budget=2))
            self.assertIn('read budget', error.detail)
        self.assertEqual('', self.logs.output)

    def test_a_store_that_fails_is_no_fault_of_the_type(self):
        failure = exceptions.Unavailable('The store is away.')

        def read_at(offset, length):
            raise failure

        def swallow(self, blob):
            try:
                blob.open().read()
            except Exception:
                raise types.Rejected('no')

        view = blob_view.BlobView('data', '', 3, {}, read_at, 100)
        error = self.assertRaises(
            exceptions.Unavailable, hooks.inspect,
            self.type(inspect=swallow), view)
        self.assertIs(failure, error)
        self.assertEqual('', self.logs.output)


class TestUpgrade(HooksTestCase):

    def _upgrade(self, returned, document=None):
        cls = self.type(
            upgrade=lambda self, document, from_version: returned,
            more=types.String('F.', default='x'))
        return hooks.upgrade(cls, document or {}, '0.9')

    def test_every_field_has_a_value(self):
        self.assertEqual(
            {'word': 'a', 'seen': None, 'secret': [1.0], 'more': 'x'},
            self._upgrade({'word': 'a', 'secret': [1]}))

    def test_what_is_returned_has_to_fit(self):
        for returned in (None, [], {'unknown': 1}, {'word': 'too long'},
                         {'data': None}, {'files': {}}, {'name': 'a'}):
            self.assert_failed('upgrade', self._upgrade, returned)

    def test_arguments(self):
        seen = []

        def hook(self, document, from_version):
            seen.append(from_version)
            document['word'] = document.pop('old')
            return document

        document = {'old': 'a'}
        self.assertEqual('a', hooks.upgrade(self.type(upgrade=hook),
                                            document, '0.9')['word'])
        self.assertEqual(({'old': 'a'}, ['0.9']), (document, seen))
