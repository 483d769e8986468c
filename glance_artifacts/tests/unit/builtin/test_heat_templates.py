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

from glance_artifacts.builtin import heat_templates
from glance_artifacts import testing
from glance_artifacts import types

TEMPLATE = b"""heat_template_version: 2021-04-16
description: |
  A server.
  With a port.
parameters:
  image: {type: string}
  flavor: {type: string}
resources:
  server:
    type: OS::Nova::Server
    properties: &p {image: {get_param: image}}
  other:
    type: nested/server.yaml
    properties: *p
"""


def with_version(version):
    return TEMPLATE.replace(b'2021-04-16', version)


class TestHeatTemplate(testing.TypeConformance):
    type_class = heat_templates.HeatTemplate
    create = {'name': 'server'}
    samples = {'template': TEMPLATE,
               'files/nested/server.yaml': b'heat_template_version: rocky',
               'files/boot.sh': b'#!/bin/sh'}
    rejected = [
        ('template', b''),
        ('template', b'\0'),
        ('template', b'\xff'),
        ('template', b'- a list'),
        ('template', b'a: b: c'),
        ('template', b'a: 1\n---\nb: 2'),
        ('template', b'a: 1\na: 2'),
        ('template', b'? [a]\n: 1'),
        ('template', b'a: &a [*a]'),
        ('template', b'a: *b'),
        ('template', b'{a: ' * 100),
        ('template', b'a: !!python/name:os.system'),
        ('template', b'a: !Ref b'),
        ('template', b'description: No version.'),
        ('template', b'AWSTemplateFormatVersion: "2010-09-09"'),
        ('template', with_version(b'2021-13-16')),
        ('template', with_version(b'zed')),
        ('template', with_version(b'[2021-04-16]')),
        ('template', with_version(b'')),
        ('template', TEMPLATE.replace(b'resources:', b'resources: []\nx:')),
        ('template', TEMPLATE.replace(b'parameters:', b'parameters: a\nx:')),
        ('template', TEMPLATE.replace(b'description: |', b'description: [')),
        ('template', TEMPLATE.replace(b'|', b'"%s"\nx: |' % (b'a' * 65537))),
        ('template', TEMPLATE.replace(b'image: {', b'%s: {' % (b'i' * 256))),
        ('template', TEMPLATE + b'x: [' + b'a, ' * 200_000 + b']'),
        ('template', b'heat_template_version: rocky\nparameters: {'
         + b', '.join(b'p%d: {}' % number for number in range(1001)) + b'}'),
    ]

    def _put(self, data):
        artifact = self.draft()
        artifact.put('template', data)
        return artifact.values

    def test_computes(self):
        values = self._put(TEMPLATE)
        self.assertEqual('2021-04-16', values['template_version'])
        self.assertEqual('A server.\nWith a port.\n',
                         values['template_description'])
        self.assertEqual(['image', 'flavor'], values['parameters'])

    def test_the_least_of_a_template(self):
        for version in ('2013-05-23', 'wallaby', '"2018-08-31"'):
            values = self._put(b'heat_template_version: '
                               + version.encode())
            self.assertEqual(version.strip('"'), values['template_version'])
            self.assertIsNone(values['template_description'])
            self.assertEqual([], values['parameters'])

    def test_a_description_with_what_text_cannot_hold(self):
        values = self._put(with_version(b'rocky').replace(
            b'|', b'"a\\0b"\nx: |'))
        self.assertEqual('ab', values['template_description'])

    def test_byte_order_mark(self):
        self._put(b'\xef\xbb\xbf' + TEMPLATE)

    def test_files_are_any(self):
        self.draft().put('files/x', b'\0' * types.MiB)
