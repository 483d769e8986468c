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

"""The samples of the API reference are what the server answers."""

import importlib.util
import json
import pathlib
import re

import glance_artifacts
from glance_artifacts.tests.functional.api import base

_SOURCE = pathlib.Path(glance_artifacts.__file__).parent.parent / 'api-ref'
#: What is another one each time, by what stands for it.
_OTHER = {
    'ID': r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    'TIME': r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z',
    'MARKER': r'(?<=marker=)[A-Za-z0-9_-]+',
}


def load():
    """The script that takes the samples."""
    spec = importlib.util.spec_from_file_location(
        'take_samples', _SOURCE / 'take_samples.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stored():
    """The samples as they are printed, by name."""
    return {path.stem: json.loads(path.read_text(encoding='utf-8'))
            for path in (_SOURCE / 'source' / 'samples').glob('*.json')}


def plain(sample):
    """A sample without what is another one each time."""
    if isinstance(sample, dict):
        return {name: _plain_member(name, value)
                for name, value in sample.items()}
    if isinstance(sample, list):
        return [plain(value) for value in sample]
    if isinstance(sample, str):
        for word, pattern in _OTHER.items():
            sample = re.sub(pattern, word, sample)
    return sample


def _plain_member(name, value):
    if name == 'owner' and isinstance(value, str):
        return 'PROJECT'
    return plain(value)


class TestSamples(base.ApiTest):

    # as of the development server, which they are taken from
    server_options = {'pools': True}
    maxDiff = None

    def setUp(self):
        super().setUp()
        if not _SOURCE.exists():
            self.skipTest('the package is installed without documentation')

    def test_the_server_answers_them(self):
        script = load()
        sampler = script.Sampler(self.server.root, self.member)
        script.take(sampler)
        taken, printed = sampler.samples, stored()
        self.assertEqual(set(printed), set(taken))
        for shown in (taken, printed):
            # of this tree, which is another one with each commit
            shown['catalogue-show-response']['version'] = 'VERSION'
        for name, sample in printed.items():
            self.assertEqual(plain(sample), plain(taken[name]), name)

    def test_nothing_is_left_behind(self):
        script = load()
        script.take(script.Sampler(self.server.root, self.member))
        for type_name in ('helm_charts', 'ml_models'):
            self.assertEqual([], self.listed(type_name=type_name))

    def test_what_is_compared(self):
        """Only what has to be another one is left out."""
        first = stored()['artifact-show-response']
        for name in first:
            other = {**first, name: 'other'}
            self.assertEqual(name == 'owner', plain(other) == plain(first),
                             name)
            del other[name]
            self.assertNotEqual(plain(first), plain(other))
        self.assertEqual(plain('2026-11-22T13:38:32.594761Z'),
                         plain('2027-01-01T00:00:00.000000Z'))
        self.assertNotEqual(plain('2026-11-22T13:38:32.594761Z'),
                            plain('2026-11-22T13:38:32Z'))
