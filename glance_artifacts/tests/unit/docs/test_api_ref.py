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

"""The API reference has every route, and its samples are true."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import re

import fixtures
import jsonschema
import yaml

from glance_artifacts.api import member_schema
from glance_artifacts.api import routes
from glance_artifacts.builtin import generic
from glance_artifacts.builtin import heat_templates
from glance_artifacts.builtin import helm_charts
from glance_artifacts.builtin import images as builtin_images
from glance_artifacts.builtin import ml_models
from glance_artifacts.builtin import tosca_csars
from glance_artifacts.tests.unit.docs import base
from glance_artifacts.types import schema

_BUILTIN = (generic.Generic, heat_templates.HeatTemplate,
            helm_charts.HelmChart, ml_models.MLModel,
            tosca_csars.TOSCAPackage)
_SOURCE = 'api-ref/source'
_METHOD = re.compile(r'^\.\. rest_method:: (\S+) /v2/artifacts(\S*)$',
                     re.MULTILINE)
_SAMPLE = re.compile(r'literalinclude:: samples/(\S+)')
_ROW = re.compile(r'^   - \S+: (\S+)$', re.MULTILINE)
_INCLUDE = re.compile(r'^\.\. include:: generated/(\S+)$', re.MULTILINE)


def _reference():
    """The module that writes the pages, which is no part of the package."""
    path = base.ROOT / 'api-ref' / 'reference.py'
    spec = importlib.util.spec_from_file_location('reference', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _texts() -> dict[str, str]:
    """Each page by its name."""
    pages = {name: text for name, text in _reference().pages().items()
             if name.endswith('.inc')}
    return {'index.rst': base.read(_SOURCE + '/index.rst'), **pages}


def _sample(name: str):
    return json.loads(base.read('%s/samples/%s' % (_SOURCE, name)))


class TestPages(base.DocsTest):

    def test_every_route_is_there_once(self):
        found = [match for text in _texts().values()
                 for match in _METHOD.findall(text)]
        self.assertEqual(sorted((route.method, route.path)
                                for route in routes.ROUTES), sorted(found))

    def test_every_chapter_is_included(self):
        texts = _texts()
        self.assertEqual({'index.rst', *_INCLUDE.findall(texts['index.rst'])},
                         set(texts))

    def test_each_names_its_policy(self):
        pages = ''.join(_texts().values())
        for route in routes.ROUTES:
            self.assertIn('``%s``' % route.policy.name, pages)

    def test_the_tables_have_what_the_pages_name(self):
        reference = _reference()
        pages = reference.pages()
        rows = yaml.safe_load(pages['parameters.yaml'])
        statuses = yaml.safe_load(pages['status.yaml'])
        known = {*rows, *(variant for one in statuses.values()
                          for variant in one)}
        named = {name for text in _texts().values()
                 for name in _ROW.findall(text)}
        self.assertGreater(len(named), 50)
        self.assertEqual(set(), named - known)
        for name, row in rows.items():
            self.assertTrue(row['description'], name)

    def test_it_is_written_where_it_is_read(self):
        directory = pathlib.Path(self.useFixture(fixtures.TempDir()).path,
                                 'generated')
        reference = _reference()
        for _ in range(2):
            reference.write(directory)
            self.assertEqual(set(reference.pages()), {
                path.name for path in directory.iterdir()})


class TestSamples(base.DocsTest):

    def test_each_is_used_and_no_other(self):
        used = {name for text in _texts().values()
                for name in _SAMPLE.findall(text)}
        there = {path.name for path
                 in (base.ROOT / _SOURCE / 'samples').iterdir()}
        self.assertEqual(used, there)

    def test_artifacts_obey_the_schema(self):
        validator = jsonschema.Draft202012Validator(
            schema.artifact_schema(helm_charts.HelmChart))
        for name in ('create', 'show', 'update', 'activate', 'deactivate',
                     'reactivate'):
            shown = _sample('artifact-%s-response.json' % name)
            validator.validate(shown)
            self.assertEqual(set(validator.schema['properties']), set(shown))
        for shown in _sample('artifacts-list-response.json')['artifacts']:
            validator.validate(shown)

    def test_schemas_are_the_ones_of_today(self):
        self.assertEqual(schema.artifact_schema(generic.Generic),
                         _sample('schema-show-response.json'))
        shown = _sample('schemas-list-response.json')['schemas']
        # what Glance itself says is added to that of images
        images = shown.pop('images')
        self.assertEqual(
            set(schema.artifact_schema(builtin_images.Image)['properties']),
            set(images['properties']))
        self.assertEqual({cls.type_name: schema.artifact_schema(cls)
                          for cls in _BUILTIN}, shown)

    def test_blob_obeys_the_schema(self):
        whole = schema.artifact_schema(generic.Generic)
        validator = jsonschema.Draft202012Validator(whole['$defs']['blob'])
        for name in ('blob-upload', 'folder-entry-upload'):
            validator.validate(_sample(name + '-response.json'))

    def test_members_obey_the_schemas(self):
        self.assertEqual(member_schema.member(),
                         _sample('schema-member-response.json'))
        self.assertEqual(member_schema.members(),
                         _sample('schema-members-response.json'))
        validator = jsonschema.Draft202012Validator(member_schema.member())
        for name in ('add', 'show', 'update'):
            validator.validate(_sample('member-%s-response.json' % name))
        jsonschema.Draft202012Validator(member_schema.members()).validate(
            _sample('members-list-response.json'))

    def test_folder_obeys_the_schema(self):
        whole = schema.artifact_schema(ml_models.MLModel)
        shown = _sample('folder-show-response.json')
        self.assertGreater(len(shown), 1)
        jsonschema.Draft202012Validator(whole).validate(
            {'name': 'tiny', 'files': shown})
