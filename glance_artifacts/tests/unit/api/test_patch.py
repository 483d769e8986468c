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

import copy
import time

from oslotest import base

from glance_artifacts.api import patch
from glance_artifacts import exceptions

DOCUMENT = {'name': 'n', 'description': None, 'tags': ['a', 'b'],
            'metadata': {'k': 'v', 'a/b': 'x', 'm~n': 'y', '': 'e'},
            'count': 1, 'flag': True, 'ratio': 1.0}


def _op(name, path, value=None, **more):
    operation = {'op': name, 'path': path, **more}
    if name in ('add', 'replace', 'test'):
        operation['value'] = value
    return operation


class PatchTestCase(base.BaseTestCase):

    def _apply(self, *operations):
        return patch.apply(DOCUMENT, list(operations))


class TestApply(PatchTestCase):

    def test_operations(self):
        for operation, field, expected in (
                (_op('add', '/description', 'd'), 'description', 'd'),
                (_op('replace', '/name', 'm'), 'name', 'm'),
                (_op('replace', '/description', None), 'description', None),
                (_op('add', '/tags/-', 'c'), 'tags', ['a', 'b', 'c']),
                (_op('add', '/tags/0', 'c'), 'tags', ['c', 'a', 'b']),
                (_op('add', '/tags/2', 'c'), 'tags', ['a', 'b', 'c']),
                (_op('replace', '/tags/1', 'c'), 'tags', ['a', 'c']),
                (_op('remove', '/tags/0'), 'tags', ['b']),
                (_op('add', '/metadata/a~1b', 'z'), 'metadata',
                 {**DOCUMENT['metadata'], 'a/b': 'z'}),
                (_op('replace', '/metadata/m~0n', 'z'), 'metadata',
                 {**DOCUMENT['metadata'], 'm~n': 'z'}),
                (_op('replace', '/metadata/', 'z'), 'metadata',
                 {**DOCUMENT['metadata'], '': 'z'}),
                (_op('move', '/metadata/l', **{'from': '/tags/1'}),
                 'tags', ['a']),
                (_op('copy', '/tags/0', **{'from': '/metadata/k'}),
                 'tags', ['v', 'a', 'b']),
                (_op('test', '/tags', ['a', 'b']), 'tags', ['a', 'b'])):
            self.assertEqual(expected, self._apply(operation)[field],
                             operation)

    def test_removed_is_gone(self):
        self.assertNotIn('description', self._apply(
            _op('remove', '/description')))

    def test_one_after_the_other(self):
        self.assertEqual(['c', 'b'], self._apply(
            _op('remove', '/tags/0'), _op('add', '/tags/0', 'c'))['tags'])
        self.assertEqual('v', self._apply(
            _op('move', '/metadata/l', **{'from': '/metadata/k'}),
            _op('copy', '/name', **{'from': '/metadata/l'}))['name'])

    def test_the_document_given_stays(self):
        before = copy.deepcopy(DOCUMENT)
        self._apply(_op('add', '/tags/-', 'c'), _op('remove', '/metadata/k'))
        self.assertRaises(exceptions.PatchConflict, self._apply,
                          _op('add', '/tags/-', 'c'), _op('remove', '/nil'))
        self.assertEqual(before, DOCUMENT)

    def test_a_copy_is_no_alias(self):
        document = self._apply(
            _op('copy', '/metadata/copied', **{'from': '/tags'}),
            _op('add', '/tags/-', 'c'))
        self.assertEqual(['a', 'b'], document['metadata']['copied'])


class TestConflicts(PatchTestCase):

    def _conflict(self, *operations):
        error = self.assertRaises(exceptions.PatchConflict, self._apply,
                                  *operations)
        self.assertEqual((409, 'artifact.patch.conflict'),
                         (error.status, error.code))

    def test_what_is_not_there(self):
        for path in ('/nil', '/metadata/nil', '/tags/2', '/metadata/k/v',
                     '/nil/deeper'):
            self._conflict(_op('remove', path))
            self._conflict(_op('replace', path, 'x'))
            self._conflict(_op('test', path, 'x'))
            for name in ('move', 'copy'):
                self._conflict(_op(name, '/name', **{'from': path}))
        for path in ('/nil/x', '/tags/4', '/tags/x', '/tags/01'):
            self._conflict(_op('add', path, 'x'))

    def test_a_test_that_fails(self):
        for path, value in (('/name', 'm'), ('/name', None), ('/count', '1'),
                            ('/count', 2), ('/tags', ['b', 'a']),
                            ('/description', ''), ('/metadata', {})):
            self._conflict(_op('test', path, value))

    def test_true_is_not_one(self):
        self._conflict(_op('test', '/count', True))
        self._conflict(_op('test', '/flag', 1))
        self._conflict(_op('test', '/tags', ['a', True]))

    def test_numbers_are_equal_by_value(self):
        self._apply(_op('test', '/ratio', 1), _op('test', '/count', 1.0))

    def test_a_later_one(self):
        self._conflict(_op('remove', '/tags/1'), _op('remove', '/tags/1'))


class TestTargets(PatchTestCase):

    def test_fields_that_are_written(self):
        for operations, expected in (
                ([], []), ([_op('add', '/tags/-', 'c')], ['tags']),
                ([_op('test', '/name', 'n')], []),
                ([_op('move', '/name', **{'from': '/metadata/k'})],
                 ['metadata', 'name']),
                ([_op('copy', '/name', **{'from': '/metadata/k'})],
                 ['name']),
                ([_op('add', '/b', 1), _op('add', '/a', 1),
                  _op('remove', '/b/c')], ['b', 'a']),
                ([_op('remove', '/a~1b')], ['a/b']),
                ([_op('remove', '/')], [''])):
            self.assertEqual(expected, patch.targets(operations))

    def test_no_patch(self):
        for operations in (
                None, {}, 'x', 1, [None], [[]], ['add'], [{}],
                [{'op': 'add'}], [{'path': '/a'}],
                [{'op': 'add', 'path': '/a'}],
                [{'op': 'replace', 'path': '/a'}],
                [{'op': 'test', 'path': '/a'}],
                [{'op': 'move', 'path': '/a'}],
                [{'op': 'copy', 'path': '/a', 'from': 1}],
                [{'op': 'remove', 'path': None}],
                [{'op': 'remove', 'path': ['a']}],
                [{'op': 'remove', 'path': 'a'}],
                [{'op': 'remove', 'path': '/a~2'}],
                [{'op': 'remove', 'path': '/a~'}],
                [{'op': 'remove', 'path': ''}],
                [{'op': 'add', 'path': '', 'value': {}}],
                [{'op': 'copy', 'path': '/a', 'from': ''}],
                [{'op': 'ADD', 'path': '/a', 'value': 1}],
                [{'op': ['add'], 'path': '/a', 'value': 1}],
                [{'op': {'a': 1}, 'path': '/a'}],
                [{'op': None, 'path': '/a'}],
                [_op('remove', '/a')] * 1001):
            error = self.assertRaises(exceptions.BadRequest, patch.targets,
                                      operations)
            self.assertEqual('request.patch', error.code)

    def test_as_many_as_are_allowed(self):
        self.assertEqual(['a'], patch.targets([_op('remove', '/a')] * 1000))


class TestNonsense(PatchTestCase):

    def test_a_path_into_a_word(self):
        for name in ('add', 'remove', 'replace'):
            self.assertRaises(
                (exceptions.BadRequest, exceptions.PatchConflict),
                self._apply, _op(name, '/name/x', 'y'))

    def test_move_into_itself(self):
        self.assertRaises(
            (exceptions.BadRequest, exceptions.PatchConflict), self._apply,
            _op('move', '/metadata/k/deeper', **{'from': '/metadata'}))

    def test_the_end_of_a_list_is_no_item(self):
        for name in ('remove', 'replace', 'test'):
            self.assertRaises(
                (exceptions.BadRequest, exceptions.PatchConflict),
                self._apply, _op(name, '/tags/-', 'y'))


class TestCopyBomb(PatchTestCase):

    def _refused(self, *operations):
        self.assertEqual(['metadata'], patch.targets(list(operations)))
        start = time.process_time()
        error = self.assertRaises(exceptions.BadRequest, self._apply,
                                  *operations)
        self.assertEqual('request.patch', error.code)
        self.assertLess(time.process_time() - start, 5)

    def test_doubling(self):
        self._refused(*(_op('copy', '/metadata/%d' % n,
                            **{'from': '/metadata'}) for n in range(100)))

    def test_the_same_place_again_and_again(self):
        for value in ('x' * 900000, ['x'] * 200000,
                      [{} for _ in range(300000)]):
            self._refused(_op('add', '/metadata/x', value),
                          *([_op('copy', '/metadata/y',
                                 **{'from': '/metadata/x'})] * 999))

    def test_ever_deeper(self):
        # each one level more than the one before, and next to nothing long
        operations = [_op('replace', '/metadata', {})] + [
            _op('copy', '/metadata/x', **{'from': '/metadata'})] * 999
        try:
            self._apply(*operations)
        except exceptions.BadRequest as exc:
            self.assertEqual('request.patch', exc.code)

    def test_honest_copies(self):
        document = self._apply(*(
            _op('copy', '/metadata/%d' % n, **{'from': '/name'})
            for n in range(1000)))
        self.assertEqual(1000 + len(DOCUMENT['metadata']),
                         len(document['metadata']))
