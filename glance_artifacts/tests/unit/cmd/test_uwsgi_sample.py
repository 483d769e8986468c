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

"""The uwsgi.ini for operators and our own servers agree."""

import pathlib

from oslotest import base

import glance_artifacts
from glance_artifacts.dev import server
from glance_artifacts.dev import standalone
from glance_artifacts.dev import uwsgi

_ROOT = pathlib.Path(glance_artifacts.__file__).parent.parent
# what a development server has no need for, or needs otherwise
_OPERATORS_OWN = {'http-socket', 'processes', 'threads',
                  'worker-reload-mercy', 'touch-chain-reload'}
_LOGIC = {'if-env', 'if-not-env', 'end-if'}


class UwsgiSampleTest(base.BaseTestCase):

    name, module = 'uwsgi.ini', server.MODULE

    def setUp(self):
        super().setUp()
        path = _ROOT / 'etc/glance-artifacts' / self.name
        if not path.exists():
            self.skipTest('needs the source tree')
        self.text = path.read_text()
        lines = [line for line in self.text.splitlines()
                 if line and not line.startswith('#')]
        self.assertEqual('[uwsgi]', lines.pop(0))
        self.options = dict(line.split(' = ', 1) if ' = ' in line
                            else (line.removesuffix(' ='), '')
                            for line in lines)

    def test_what_the_service_needs(self):
        for name in ('lazy-apps', 'need-app', 'enable-threads', 'master',
                     'die-on-term'):
            self.assertEqual('true', self.options[name], name)
        self.assertEqual('4', self.options['threads'])
        self.assertEqual('65535', self.options['buffer-size'])
        self.assertLessEqual(60, int(self.options['socket-timeout']))
        self.assertLess(1, int(self.options['processes']))

    def test_nothing_for_development(self):
        self.assertNotIn('IDENTITY', self.text.upper())
        self.assertNotIn('development', self.text)

    def test_every_option_has_a_reason(self):
        above = ''
        for line in self.text.partition('[uwsgi]')[2].splitlines():
            name = line.partition(' =')[0]
            if line and not line.startswith('#'):
                self.assertTrue(
                    above or name in {'module', *_LOGIC}, line)
            elif not line:
                above = ''
            else:
                above = line

    def test_our_servers_have_the_same(self):
        ours = {}
        for option in (*uwsgi.OPTIONS, '--module=' + self.module):
            name, _, value = option.removeprefix('--').partition('=')
            ours[name] = value or 'true'
        wanted = dict(self.options)
        for name in (*_OPERATORS_OWN, *_LOGIC):
            wanted.pop(name)
            ours.pop(name, None)
        self.assertEqual(wanted, ours)


class StandaloneUwsgiSampleTest(UwsgiSampleTest):

    name = 'glance-artifacts-uwsgi.ini'
    module = standalone.MODULE
