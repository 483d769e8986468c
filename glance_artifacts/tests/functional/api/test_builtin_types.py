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

"""The built-in types, by the samples of their unit tests, over HTTP."""

import pickle

from glance_artifacts import testing
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.unit.builtin import test_heat_templates
from glance_artifacts.tests.unit.builtin import test_helm_charts
from glance_artifacts.tests.unit.builtin import test_ml_models
from glance_artifacts.tests.unit.builtin import test_tosca_csars

HELM = test_helm_charts.TestHelmChart
HEAT = test_heat_templates.TestHeatTemplate
TOSCA = test_tosca_csars.TestTOSCAPackage
MODEL = test_ml_models.TestMLModel


def bytes_of(sample):
    return sample() if callable(sample) else sample


class BuiltinTest(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.before = self.files()

    def draft(self, case: type[testing.TypeConformance], **body):
        return self.create(case.type_class.type_name,
                           **{**case.create, **body})

    def put(self, draft, place, data, expected=201):
        return self.call('PUT', '%s/%s' % (draft['self'], place), expected,
                         data=bytes_of(data))

    def put_refused(self, draft, place, data):
        entry = self.refused(400, 'artifact.rejected', 'PUT',
                             '%s/%s' % (draft['self'], place),
                             data=bytes_of(data))
        self.assertGreater(len(entry['detail']), 10)
        return entry['detail']

    def check_good(self, case, **computed):
        """All samples; the active artifact shows what is computed."""
        draft = self.draft(case)
        for place, data in case.samples.items():
            self.put(draft, place, data)
        active = self.act(draft, 'activate').json()
        self.assertEqual(computed, {name: active[name] for name in computed})
        self.assertEqual(active, self.show(active))
        for place, data in case.samples.items():
            self.same_bytes(bytes_of(data), self.call(
                'GET', '%s/%s' % (active['self'], place)).content)
        return active

    def check_rejected(self, case):
        """Each wrong file; nothing of it is kept."""
        draft = self.draft(case)
        for place, data in case.rejected:
            self.put_refused(draft, place, data)
        shown = self.show(draft)
        del draft['updated_at'], shown['updated_at']
        self.assertEqual(draft, shown)
        self.assertEqual((self.before, [], []), (
            self.files(), self.segments(draft), self.blob_rows(draft)))

    def found(self, case, query):
        return self.names(query, type_name=case.type_class.type_name)


class TestHelmCharts(BuiltinTest):

    def test_good(self):
        active = self.check_good(HELM, app_version='1.10', version='1.2.0',
                                 keywords=['web', 'proxy'])
        self.assertNotIn('chart_name', active)
        self.assertEqual(['nginx'], self.found(
            HELM, 'keywords=proxy&app_version=1.10'))
        self.assertEqual([], self.found(HELM, 'keywords=other'))

    def test_rejected(self):
        self.check_rejected(HELM)

    def test_another_name_or_version(self):
        for body, words in (({'name': 'apache'}, ('apache', 'nginx')),
                            ({'version': '1.3'}, ('1.3.0', '1.2.0'))):
            draft = self.draft(HELM, **body)
            detail = self.put_refused(draft, 'chart', HELM.samples['chart'])
            for word in words:
                self.assertIn(word, detail)
            self.assertIsNone(self.show(draft)['chart'])

    def test_renamed_afterwards(self):
        draft = self.draft(HELM)
        self.put(draft, 'chart', HELM.samples['chart'])
        self.patch_refused(400, 'artifact.rejected', draft, {
            'op': 'replace', 'path': '/name', 'value': 'other'})
        self.call('DELETE', draft['self'] + '/chart', 204)
        self.patch(draft, {'op': 'replace', 'path': '/name',
                           'value': 'other'})
        self.put_refused(draft, 'chart', HELM.samples['chart'])


class TestHeatTemplates(BuiltinTest):

    def test_good(self):
        active = self.check_good(
            HEAT, template_version='2021-04-16',
            parameters=['image', 'flavor'],
            template_description='A server.\nWith a port.\n')
        self.assertEqual(['boot.sh', 'nested/server.yaml'],
                         list(active['files']))
        self.assertEqual(['server'], self.found(HEAT, 'parameters=flavor'))

    def test_rejected(self):
        self.check_rejected(HEAT)


class TestTOSCACSARs(BuiltinTest):

    def test_good(self):
        self.check_good(
            TOSCA, entry_definitions='Definitions/vnfd.yaml',
            csar_version='1.1', created_by='ACME: networks')
        self.assertEqual(['router'], self.found(
            TOSCA, 'manifest.vnf_product_name=Router'))

    def test_rejected(self):
        self.check_rejected(TOSCA)


class TestMLModels(BuiltinTest):

    def test_good(self):
        active = self.check_good(MODEL, base='https://example.com/base')
        self.assertEqual(set(place.partition('/')[2]
                             for place in MODEL.samples),
                         set(active['files']))
        (entry,) = self.listed(type_name='ml_models')
        self.assertEqual(len(MODEL.samples), entry['files']['entries'])

    def test_formats(self):
        for place, kind in (('files/model.safetensors', 'safetensors'),
                            ('files/q4/m.gguf', 'gguf'),
                            ('files/m.onnx', 'onnx'),
                            ('files/config.json', None)):
            draft = self.draft(MODEL, name=str(kind))
            self.put(draft, place, MODEL.samples[place])
            self.assertEqual(kind, self.show(draft)['weights_format'])
        self.assertEqual(['gguf'], self.found(MODEL, 'weights_format=gguf'))

    def test_pickle_is_refused(self):
        draft = self.draft(MODEL)
        detail = self.put_refused(draft, 'files/weights.bin',
                                  pickle.dumps({'a': 1}))
        self.assertEqual('pickle refused: use safetensors', detail)
        self.refused(409, 'artifact.activate.incomplete', 'POST',
                     draft['self'] + '/actions/activate', field='files')

    def test_rejected(self):
        self.check_rejected(MODEL)
